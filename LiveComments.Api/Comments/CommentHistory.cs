using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Npgsql;

namespace LiveComments.Api.Comments;

/// <summary>
/// A stream's comments, page by page. What the persister has not written yet comes straight from the log, so who posted
/// (or deleted) sees it in the next answer; what the log has forgotten comes from Postgres.
/// </summary>
sealed class CommentHistory(NpgsqlDataSource database, CurrentLog currentLog)
{
    /// <summary>Newest first.</summary>
    /// <param name="streamId">An existing stream.</param>
    /// <param name="before">Only what is older; null for the newest.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<CommentPage> NewestAsync(string streamId, Cursor? before, int limit, CancellationToken cancellationToken)
    {
        // 1. Where Postgres is. Asked first: what is written meanwhile is then found twice, and never missed.
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var log = await currentLog.WaitAsync(cancellationToken);
        var written = await CommentRows.WrittenAsync(connection, log.Shard, cancellationToken);
        // 2. The tail that only the log has.
        var tail = await LogTail.ReadAsync(log, streamId, written, cancellationToken);
        var comments = tail.Visible.Where(comment => before is null || IsBefore(comment, before.Value)).Reverse().Take(limit).ToList();
        // 3. The rest from Postgres.
        if (comments.Count < limit)
            comments.AddRange(await CommentRows.PageAsync(connection, streamId, PlaceOfLast(comments) ?? before, limit - comments.Count, newestFirst: true, tail.Deleted, parent: null, cancellationToken));
        return Page(comments, limit);
    }

    /// <summary>Oldest first, from the stream's beginning to the log's end.</summary>
    /// <param name="streamId">An existing stream.</param>
    /// <param name="after">Only what is newer; null for the oldest.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="parent">Only replies to this comment; null for all.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<CommentPage> OldestAsync(string streamId, Cursor? after, int limit, long? parent, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var log = await currentLog.WaitAsync(cancellationToken);
        var written = await CommentRows.WrittenAsync(connection, log.Shard, cancellationToken);
        var tail = await LogTail.ReadAsync(log, streamId, written, cancellationToken);
        var comments = await CommentRows.PageAsync(connection, streamId, after, limit, newestFirst: false, tail.Deleted, parent, cancellationToken);
        if (comments.Count < limit)
        {
            var parentId = parent is { } id ? CommentId.ToText(id) : null;
            var place = PlaceOfLast(comments) ?? after;
            comments.AddRange(tail.Visible
                .Where(comment => (parentId is null || comment.ParentId == parentId) && (place is null || IsBehind(comment, place.Value)))
                .Take(limit - comments.Count));
        }

        return Page(comments, limit);
    }

    private static CommentPage Page(List<Comment> comments, int limit) =>
        new(comments, comments.Count == limit ? comments[^1].Cursor : null);

    private static Cursor? PlaceOfLast(List<Comment> comments) => comments.Count > 0 ? PlaceOf(comments[^1]) : null;

    private static Cursor PlaceOf(Comment comment) =>
        Cursor.TryParse(comment.Cursor, out var cursor) ? cursor : throw new InvalidDataException($"Comment {comment.Id} has no cursor.");

    private static bool IsBefore(Comment comment, Cursor bound) => PlaceOf(comment) < bound;

    private static bool IsBehind(Comment comment, Cursor bound) => PlaceOf(comment) > bound;
}
