using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Fanout.Rooms;

/// <summary>
/// Reactions lie among a stream's entries, and there may be far more of them than of everything else. They are not among
/// the events of a room: nobody resumes from one, and none takes the place of a comment in what is kept for a resume.
/// </summary>
static class Reactions
{
    public static bool IsOne(LogEntry entry) => entry.EventType is LogEventTypes.StreamReacted or LogEventTypes.CommentReacted;
}
