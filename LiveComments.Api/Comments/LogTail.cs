using System.Text;
using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Api.Comments;

/// <summary>What the log's end says about a stream's comments, and Postgres not yet.</summary>
/// <param name="Comments">In the log's order, each with its cursor; deleted ones, too.</param>
/// <param name="Deleted">The ids of comments, here or in Postgres, that were deleted.</param>
sealed record LogTail(IReadOnlyList<Comment> Comments, IReadOnlySet<long> Deleted)
{
    // A persister that is further behind than this is catching up after an outage; what lies between is then read by pages.
    private const int MaxEntries = Limits.MaxResumeEvents;

    /// <summary>All entries behind this one are here. Behind what Postgres has, there may be more before it.</summary>
    public ulong After { get; init; }

    /// <summary>All entries, each with its place, for who looks for something else in them.</summary>
    public IReadOnlyList<(Cursor Place, LogEntry Entry)> Entries { get; init; } = [];

    /// <summary>Entries of a type that lie behind a place; null is before everything.</summary>
    public IEnumerable<(Cursor Place, LogEntry Entry)> Behind(Cursor? place, string eventType) =>
        Entries.Where(entry => entry.Entry.EventType == eventType && (place is not { } bound || entry.Place > bound));

    /// <summary>Those that were not deleted.</summary>
    public IEnumerable<Comment> Visible => Comments.Where(comment => !Deleted.Contains(IdOf(comment.Id)));

    public bool HasDeleted(string commentId) => Deleted.Contains(IdOf(commentId));

    /// <summary>The entries that Postgres has not got, given what it has.</summary>
    public static Task<LogTail> ReadAsync(LogHandle log, string streamId, Cursor? written, CancellationToken cancellationToken) =>
        ReadAsync(log, streamId, written?.Epoch == log.Epoch ? written.Value.Sequence : 0, cancellationToken);

    /// <summary>The entries after <paramref name="written"/>.</summary>
    public static async Task<LogTail> ReadAsync(LogHandle log, string streamId, ulong written, CancellationToken cancellationToken)
    {
        if (await log.LastAsync(streamId, cancellationToken) is not { } last || last.Sequence <= written)
            return new LogTail([], new HashSet<long>()) { After = written };
        var whole = await log.RangeAsync(streamId, written + 1, last.Sequence, MaxEntries, cancellationToken);
        var entries = whole ?? await log.NewestAsync(streamId, last.Sequence, MaxEntries, cancellationToken);
        return Of(entries, log.Epoch) with { After = whole is null && entries.Count > 0 ? entries[0].Sequence - 1 : written };
    }

    /// <summary>Of the entries after <paramref name="written"/> all that are about one comment; null when Postgres is so far behind that they can't be found.</summary>
    public static async Task<LogTail?> AboutAsync(LogHandle log, string streamId, Cursor? written, long commentId, CancellationToken cancellationToken)
    {
        var after = written?.Epoch == log.Epoch ? written.Value.Sequence : 0;
        if (await log.LastAsync(streamId, cancellationToken) is not { } last || last.Sequence <= after)
            return Of([], log.Epoch);
        // Whatever is about a comment has its id in it. Most that doesn't is then never parsed.
        var id = Encoding.ASCII.GetBytes(CommentId.ToText(commentId));
        return await log.RangeAsync(streamId, after + 1, last.Sequence, MaxEntries, entry => entry.Body.Span.IndexOf(id) >= 0, cancellationToken) is { } entries
            ? Of(entries, log.Epoch)
            : null;
    }

    private static LogTail Of(IReadOnlyList<LogEntry> entries, int epoch)
    {
        var comments = new List<Comment>();
        var deleted = new HashSet<long>();
        foreach (var entry in entries)
        {
            if (entry.EventType == LogEventTypes.CommentPosted)
                comments.Add(CommentOf(entry, epoch));
            else if (entry.EventType == LogEventTypes.CommentDeleted)
                deleted.Add(DeletedIn(entry));
        }

        return new LogTail(comments, deleted) { Entries = [.. entries.Select(entry => (new Cursor(epoch, entry.Sequence), entry))] };
    }

    /// <summary>Which comment a deletion is about.</summary>
    public static long DeletedIn(LogEntry deletion) => IdOf(Parse(deletion, ContractsJson.Default.CommentRemoved).CommentId);

    /// <summary>The comment that the entry posted, with its cursor.</summary>
    public static Comment CommentOf(LogEntry entry, int epoch) =>
        Parse(entry, ContractsJson.Default.Comment) with { Cursor = new Cursor(epoch, entry.Sequence).ToString() };

    private static T Parse<T>(LogEntry entry, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) where T : class =>
        JsonSerializer.Deserialize(entry.Body.Span, type) ?? throw new InvalidDataException($"The log's entry {entry.Sequence} has no {typeof(T).Name} in it.");

    private static long IdOf(string id) => CommentId.TryParse(id, out var number) ? number : throw new InvalidDataException($"The log has a comment with the id '{id}'.");
}
