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

    /// <summary>Those that were not deleted.</summary>
    public IEnumerable<Comment> Visible => Comments.Where(comment => !Deleted.Contains(IdOf(comment.Id)));

    public bool HasDeleted(string commentId) => Deleted.Contains(IdOf(commentId));

    /// <summary>The entries after <paramref name="written"/>.</summary>
    public static async Task<LogTail> ReadAsync(LogHandle log, string streamId, ulong written, CancellationToken cancellationToken)
    {
        if (await log.LastAsync(streamId, cancellationToken) is not { } last || last.Sequence <= written)
            return new LogTail([], new HashSet<long>()) { After = written };
        var whole = await log.RangeAsync(streamId, written + 1, last.Sequence, MaxEntries, cancellationToken);
        var entries = whole ?? await log.NewestAsync(streamId, last.Sequence, MaxEntries, cancellationToken);
        var comments = new List<Comment>();
        var deleted = new HashSet<long>();
        foreach (var entry in entries)
        {
            if (entry.EventType == LogEventTypes.CommentPosted)
                comments.Add(CommentOf(entry, log.Epoch));
            else if (entry.EventType == LogEventTypes.CommentDeleted)
                deleted.Add(IdOf(Parse(entry, ContractsJson.Default.CommentRemoved).CommentId));
        }

        return new LogTail(comments, deleted) { After = whole is null && entries.Count > 0 ? entries[0].Sequence - 1 : written };
    }

    /// <summary>The comment that the entry posted, with its cursor.</summary>
    public static Comment CommentOf(LogEntry entry, int epoch) =>
        Parse(entry, ContractsJson.Default.Comment) with { Cursor = new Cursor(epoch, entry.Sequence).ToString() };

    private static T Parse<T>(LogEntry entry, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) where T : class =>
        JsonSerializer.Deserialize(entry.Body.Span, type) ?? throw new InvalidDataException($"The log's entry {entry.Sequence} has no {typeof(T).Name} in it.");

    private static long IdOf(string id) => CommentId.TryParse(id, out var number) ? number : throw new InvalidDataException($"The log has a comment with the id '{id}'.");
}
