using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Fanout.Rooms;

/// <summary>
/// Leaves out the comments that were taken back. Each removal names the entry it is about, and lies behind it in the
/// log: who is not sent the one still gets the other, and with it a cursor that is further on.
/// </summary>
static class Removals
{
    /// <summary>The name of the entry that this one removes; null when it removes none.</summary>
    public static Cursor? TargetOf(LogEntry entry) =>
        entry.EventType == LogEventTypes.CommentDeleted && Cursor.TryParse(LogEntry.Header(entry.Headers, LogHeaders.Removes), out var target) ? target : null;

    /// <summary>By which a removal names the entry: its cursor, of old if it comes from an earlier epoch.</summary>
    public static Cursor NameOf(LogEntry entry, int epoch) =>
        Cursor.TryParse(LogEntry.Header(entry.Headers, LogHeaders.CarriedFrom), out var original) ? original : new Cursor(epoch, entry.Sequence);

    /// <summary>The entries without what later ones of them remove.</summary>
    public static IReadOnlyList<LogEntry> Apply(IReadOnlyList<LogEntry> entries, int epoch)
    {
        HashSet<Cursor>? removed = null;
        foreach (var entry in entries)
        {
            if (TargetOf(entry) is { } name)
                (removed ??= []).Add(name);
        }

        return removed is null ? entries : [.. entries.Where(entry => !removed.Contains(NameOf(entry, epoch)))];
    }
}
