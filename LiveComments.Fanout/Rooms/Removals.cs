using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Fanout.Rooms;

/// <summary>
/// Leaves out the comments that were taken back. Each removal names the entry it is about, and lies behind it in the
/// log: who is not sent the one still gets the other, and with it a cursor that is further on.
/// </summary>
static class Removals
{
    /// <summary>The sequence of the entry that this one removes; null when it removes none of this epoch.</summary>
    public static ulong? TargetOf(LogEntry entry, int epoch) =>
        entry.EventType == LogEventTypes.CommentDeleted && Cursor.TryParse(LogEntry.Header(entry.Headers, LogHeaders.Removes), out var target) && target.Epoch == epoch
            ? target.Sequence
            : null;

    /// <summary>The entries without what later ones of them remove.</summary>
    public static IReadOnlyList<LogEntry> Apply(IReadOnlyList<LogEntry> entries, int epoch)
    {
        HashSet<ulong>? removed = null;
        foreach (var entry in entries)
        {
            if (TargetOf(entry, epoch) is { } sequence)
                (removed ??= []).Add(sequence);
        }

        return removed is null ? entries : [.. entries.Where(entry => !removed.Contains(entry.Sequence))];
    }
}
