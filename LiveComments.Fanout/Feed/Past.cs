using LiveComments.Contracts;
using LiveComments.Fanout.Rooms;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Fanout.Feed;

/// <summary>What a room begins with: enough of the stream's newest entries to give a first join its comments, however many other entries lie between.</summary>
static class Past
{
    // A stream on which nothing but reactions came for so long starts with fewer comments; the rest is a page of history away.
    private const int MaxScanned = 20_000;

    /// <summary>Up to <paramref name="newest"/>, which is always the last of them; without reactions before that.</summary>
    public static async Task<IReadOnlyList<LogEntry>> ReadAsync(LogHandle log, string streamId, LogEntry newest, CancellationToken cancellationToken)
    {
        var past = new List<LogEntry>();
        var scanned = 0;
        await foreach (var piece in log.BackwardsAsync(streamId, newest.Sequence, cancellationToken))
        {
            past.InsertRange(0, piece.Where(entry => !Reactions.IsOne(entry)));
            scanned += piece.Count;
            if (scanned >= MaxScanned || Removals.Apply(past, log.Epoch).Count(entry => entry.EventType == LogEventTypes.CommentPosted) >= Limits.BackfillComments)
                break;
        }

        if (past.Count > Limits.MaxResumeEvents)
            past.RemoveRange(0, past.Count - Limits.MaxResumeEvents);
        if (past.Count == 0 || past[^1].Sequence != newest.Sequence)
            past.Add(newest);
        return past;
    }
}
