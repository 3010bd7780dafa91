using LiveComments.Contracts;
using LiveComments.Fanout.Rooms;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Fanout.Transports;

/// <summary>What a viewer is sent before anything live.</summary>
/// <param name="Entries">In order; may be empty.</param>
/// <param name="After">The sequence before the first of them; null when the viewer starts afresh.</param>
/// <param name="Reset">One of <see cref="ResetReasons"/> when the viewer must forget what it holds.</param>
sealed record Catchup(IReadOnlyList<LogEntry> Entries, ulong? After, string? Reset);

/// <summary>Finds what a viewer missed: in the room, else in the log, else it starts afresh and is told so.</summary>
static class Resume
{
    public static async Task<Catchup> FindAsync(Entrance entrance, LogHandle log, string streamId, Cursor? cursor, CancellationToken cancellationToken)
    {
        if (cursor is not { } from)
            return Afresh(entrance, reset: null);
        if (from.Epoch != log.Epoch)
            return Afresh(entrance, ResetReasons.NewEpoch);
        var until = entrance.At.LastSequence;
        // It may be ahead of this node, having come from another: nothing missed, and what it has seen is not sent again.
        if (from.Sequence >= until)
            return new Catchup([], from.Sequence, null);
        if (from.Sequence >= entrance.RetainedAfter)
            return new Catchup([.. entrance.Retained.Where(entry => entry.Sequence > from.Sequence)], from.Sequence, null);
        return await FromLogAsync(log, streamId, from.Sequence, until, cancellationToken) is { } entries
            ? new Catchup(entries, from.Sequence, null)
            : Afresh(entrance, ResetReasons.TooFarBehind);
    }

    private static async Task<IReadOnlyList<LogEntry>?> FromLogAsync(LogHandle log, string streamId, ulong after, ulong until, CancellationToken cancellationToken)
    {
        // Entries leave the log after a time; whether some did since can't be told from what is left.
        await log.Stream.RefreshAsync(cancellationToken);
        if (after + 1 < log.Stream.Info.State.FirstSeq)
            return null;
        return await log.RangeAsync(streamId, after + 1, until, Limits.MaxResumeEvents, entry => !Reactions.IsOne(entry), cancellationToken) is { } entries ? Removals.Apply(entries, log.Epoch) : null;
    }

    private static Catchup Afresh(Entrance entrance, string? reset)
    {
        var comments = entrance.Retained.Where(entry => entry.EventType == LogEventTypes.CommentPosted).TakeLast(Limits.BackfillComments);
        return new Catchup([.. comments], null, reset);
    }
}
