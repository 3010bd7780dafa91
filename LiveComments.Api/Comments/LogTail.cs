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

    /// <summary>Those that were not deleted.</summary>
    public IEnumerable<Comment> Visible => Comments.Where(comment => !Deleted.Contains(IdOf(comment.Id)));

    public bool HasDeleted(string commentId) => Deleted.Contains(IdOf(commentId));

    /// <summary>The entries after <paramref name="written"/>: of an ended epoch, if Postgres is still there, and of the present one.</summary>
    public static async Task<LogTail> ReadAsync(LogHandle log, string streamId, Cursor? written, CancellationToken cancellationToken)
    {
        var comments = new List<Comment>();
        var deleted = new HashSet<long>();
        foreach (var part in log.Older.Append(log))
        {
            if (part.Epoch < written?.Epoch || await part.LastAsync(streamId, cancellationToken) is not { } last)
                continue;
            var after = part.Epoch == written?.Epoch ? written.Value.Sequence : 0;
            if (last.Sequence <= after)
                continue;
            var entries = await part.RangeAsync(streamId, after + 1, last.Sequence, MaxEntries, cancellationToken)
                ?? await part.NewestAsync(streamId, last.Sequence, MaxEntries, cancellationToken);
            foreach (var entry in entries)
                Add(entry, part.Epoch, comments, deleted);
        }

        return comments.Count == 0 && deleted.Count == 0 ? Empty : new LogTail(comments, deleted);
    }

    private static void Add(LogEntry entry, int epoch, List<Comment> comments, HashSet<long> deleted)
    {
        // What an epoch took over lies in an older one or in Postgres already, and is told from there.
        if (entry.EventType == LogEventTypes.CommentPosted && LogEntry.Header(entry.Headers, LogHeaders.CarriedFrom) is null)
            comments.Add(Parse(entry, ContractsJson.Default.Comment) with { Cursor = new Cursor(epoch, entry.Sequence).ToString() });
        else if (entry.EventType == LogEventTypes.CommentDeleted)
            deleted.Add(IdOf(Parse(entry, ContractsJson.Default.CommentRemoved).CommentId));
    }

    private static T Parse<T>(LogEntry entry, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) where T : class =>
        JsonSerializer.Deserialize(entry.Body.Span, type) ?? throw new InvalidDataException($"The log's entry {entry.Sequence} has no {typeof(T).Name} in it.");

    private static long IdOf(string id) => CommentId.TryParse(id, out var number) ? number : throw new InvalidDataException($"The log has a comment with the id '{id}'.");
}
