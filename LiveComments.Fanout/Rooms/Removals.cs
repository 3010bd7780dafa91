using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Fanout.Rooms;

/// <summary>
/// Leaves out the comments that were taken back. Each removal names the entry it is about, and lies behind it in the
/// log: who is not sent the one still gets the other, and with it a cursor that is further on.
/// </summary>
static class Removals
{
    /// <summary>Whether the entry takes a comment away: for good, or until it is posted once more.</summary>
    public static bool IsOne(LogEntry entry) => entry.EventType is LogEventTypes.CommentDeleted or LogEventTypes.CommentHidden;

    /// <summary>The name of the entry that this one removes; null when it removes none.</summary>
    public static Cursor? TargetOf(LogEntry entry) =>
        IsOne(entry) && Cursor.TryParse(LogEntry.Header(entry.Headers, LogHeaders.Removes), out var target) ? target : null;

    /// <summary>By which a removal names the entry: its cursor, of old if it comes from an earlier epoch.</summary>
    public static Cursor NameOf(LogEntry entry, int epoch) =>
        Cursor.TryParse(LogEntry.Header(entry.Headers, LogHeaders.CarriedFrom), out var original) ? original : new Cursor(epoch, entry.Sequence);

    /// <summary>
    /// The comment that is removed wherever it lies, though only one place is named: it was brought back and deleted at
    /// once. Null for what is only hidden.
    /// </summary>
    public static string? DeletedIn(LogEntry entry) =>
        entry.EventType == LogEventTypes.CommentDeleted ? JsonSerializer.Deserialize(entry.Body.Span, ContractsJson.Default.CommentRemoved)?.CommentId : null;

    /// <summary>The comment that the entry brings back; null when it brings none.</summary>
    public static string? RestoredIn(LogEntry entry) =>
        entry.EventType == LogEventTypes.CommentPosted && LogEntry.Header(entry.Headers, LogHeaders.Restores) is not null
            ? JsonSerializer.Deserialize(entry.Body.Span, ContractsJson.Default.Comment)?.Id
            : null;

    /// <summary>The entries without what later ones of them remove.</summary>
    public static IReadOnlyList<LogEntry> Apply(IReadOnlyList<LogEntry> entries, int epoch)
    {
        HashSet<Cursor>? removed = null;
        var anyRestored = false;
        foreach (var entry in entries)
        {
            if (TargetOf(entry) is { } name)
                (removed ??= []).Add(name);
            anyRestored |= LogEntry.Header(entry.Headers, LogHeaders.Restores) is not null;
        }

        if (removed is null)
            return entries;
        var deleted = anyRestored ? entries.Select(DeletedIn).OfType<string>().ToHashSet(StringComparer.Ordinal) : [];
        return [.. entries.Where(entry => !removed.Contains(NameOf(entry, epoch)) && !(deleted.Count > 0 && RestoredIn(entry) is { } id && deleted.Contains(id)))];
    }
}
