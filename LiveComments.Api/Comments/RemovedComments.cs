using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Api.Comments;

/// <summary>
/// What entries of the log say about comments that are not to be seen, or no longer where they were: of each such comment
/// the place before which nothing of it may be shown. A comment that was hidden and brought back lies behind that place.
/// </summary>
sealed class RemovedComments
{
    /// <summary>Of what was deleted: nothing brings it back.</summary>
    private static readonly Cursor Forever = new(int.MaxValue, ulong.MaxValue);

    private readonly Dictionary<long, Cursor> _before = [];

    public int Count => _before.Count;

    /// <summary>The comments that the entries say anything about: what other sources have of them is older.</summary>
    public IReadOnlyCollection<long> Ids => _before.Keys;

    /// <summary>Takes an entry that removes a comment or brings one back; others change nothing.</summary>
    public void Take(LogEntry entry, int epoch)
    {
        switch (entry.EventType)
        {
            case LogEventTypes.CommentDeleted:
                Raise(LogTail.RemovedIn(entry), Forever);
                break;
            case LogEventTypes.CommentHidden:
                Raise(LogTail.RemovedIn(entry), new Cursor(epoch, entry.Sequence));
                break;
            // What a new epoch took over goes on lying where it did.
            case LogEventTypes.CommentPosted when LogEntry.Header(entry.Headers, LogHeaders.Restores) is not null:
                if (JsonSerializer.Deserialize(entry.Body.Span, ContractsJson.Default.Comment) is { } comment && CommentId.TryParse(comment.Id, out var id))
                    Raise(id, Cursor.TryParse(LogEntry.Header(entry.Headers, LogHeaders.CarriedFrom), out var original) ? original : new Cursor(epoch, entry.Sequence));
                break;
        }
    }

    public void UnionWith(RemovedComments others)
    {
        foreach (var (id, before) in others._before)
            Raise(id, before);
    }

    /// <summary>Whether the comment is not to be seen, where it lies at that place.</summary>
    public bool Covers(long id, Cursor place) => _before.TryGetValue(id, out var before) && place < before;

    public bool IsForever(long id) => _before.TryGetValue(id, out var before) && before == Forever;

    private void Raise(long id, Cursor before)
    {
        if (!_before.TryGetValue(id, out var known) || known < before)
            _before[id] = before;
    }
}
