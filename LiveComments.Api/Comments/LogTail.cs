using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Api.Comments;

/// <summary>What the log's end says about a stream's comments, and Postgres not yet.</summary>
/// <param name="Comments">In the log's order, each with its cursor; deleted ones, too.</param>
/// <param name="Deleted">The ids of comments, here or in Postgres, that were deleted.</param>
sealed record LogTail(IReadOnlyList<Comment> Comments, IReadOnlySet<long> Deleted)
{
    // A persister that is further behind than this is catching up after an outage; the tail then begins where it is.
    private const int MaxEntries = Limits.MaxResumeEvents;

    private static readonly LogTail Empty = new([], new HashSet<long>());

    /// <summary>All entries, each with its place, for who looks for something else in them.</summary>
    public IReadOnlyList<(Cursor Place, LogEntry Entry)> Entries { get; init; } = [];

    /// <summary>Entries of a type that lie behind a place; null is before everything.</summary>
    public IEnumerable<(Cursor Place, LogEntry Entry)> Behind(Cursor? place, string eventType) =>
        Entries.Where(entry => entry.Entry.EventType == eventType && (place is not { } bound || (entry.Place.Epoch, entry.Place.Sequence).CompareTo((bound.Epoch, bound.Sequence)) > 0));

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
            return Empty;
        var entries = await log.RangeAsync(streamId, written + 1, last.Sequence, MaxEntries, cancellationToken)
            ?? await log.NewestAsync(streamId, last.Sequence, MaxEntries, cancellationToken);
        var comments = new List<Comment>();
        var deleted = new HashSet<long>();
        foreach (var entry in entries)
        {
            if (entry.EventType == LogEventTypes.CommentPosted)
                comments.Add(Parse(entry, ContractsJson.Default.Comment) with { Cursor = new Cursor(log.Epoch, entry.Sequence).ToString() });
            else if (entry.EventType == LogEventTypes.CommentDeleted)
                deleted.Add(DeletedIn(entry));
        }

        return new LogTail(comments, deleted) { Entries = [.. entries.Select(entry => (new Cursor(log.Epoch, entry.Sequence), entry))] };
    }

    /// <summary>Which comment a deletion is about.</summary>
    public static long DeletedIn(LogEntry deletion) => IdOf(Parse(deletion, ContractsJson.Default.CommentRemoved).CommentId);

    private static T Parse<T>(LogEntry entry, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) where T : class =>
        JsonSerializer.Deserialize(entry.Body.Span, type) ?? throw new InvalidDataException($"The log's entry {entry.Sequence} has no {typeof(T).Name} in it.");

    private static long IdOf(string id) => CommentId.TryParse(id, out var number) ? number : throw new InvalidDataException($"The log has a comment with the id '{id}'.");
}
