using LiveComments.Contracts;
using LiveComments.ServiceDefaults.ServiceLevels;
using LiveComments.ServiceDefaults.Telemetry;

namespace LiveComments.Fanout.Rooms;

/// <summary>How large frames are, and how much of a fast stream is left out; once a frame, however many get it.</summary>
sealed class SentFrames(MessageSizes sizes, StreamLevels levels)
{
    public void Note(Frame frame)
    {
        if (frame.Sse.Length > 0)
            sizes.Sent(frame.Sse.Length);
        var comments = 0;
        foreach (var entry in frame.Entries)
            comments += entry.EventType == LogEventTypes.CommentPosted ? 1 : 0;
        if (comments > 0)
            levels.Sent(frame.StreamId, comments, frame.Sample?.Count ?? 0);
    }
}
