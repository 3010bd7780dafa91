using LiveComments.Api.Persistence;
using LiveComments.Api.Reactions;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Npgsql;
using Polly.CircuitBreaker;

namespace LiveComments.Api.Comments;

/// <summary>A comment, and whether anybody sees it.</summary>
/// <param name="Comment">As it is, or was.</param>
/// <param name="IsDeleted">Nobody sees it.</param>
/// <param name="IsHidden">A moderator hid it, and may bring it back; otherwise it is gone for good.</param>
sealed record FoundComment(Comment Comment, bool IsDeleted, bool IsHidden = false)
{
    /// <summary>As the log's entries have it, where it lies now.</summary>
    public static FoundComment By(RemovedComments removed, Comment comment, long id) =>
        removed.Covers(id, LogTail.PlaceOf(comment)) ? new FoundComment(comment, IsDeleted: true, IsHidden: !removed.IsForever(id)) : new FoundComment(comment, IsDeleted: false);
}

/// <summary>Finds one comment by its id: in Postgres, and in the log's tail that Postgres has not got yet.</summary>
sealed class CommentFinder(NpgsqlDataSource database, DatabaseReads reads, CurrentLog currentLog, KnownComments known, UnwrittenDeletions deletions)
{
    /// <summary>Whether a reply may name the comment. Asks nobody when this process has seen it lately.</summary>
    public async ValueTask<bool> ExistsAsync(string streamId, string commentId, CancellationToken cancellationToken)
    {
        if (!CommentId.TryParse(commentId, out var id))
            return false;
        return known.Has(streamId, id) || await FindAsync(streamId, id, cancellationToken) is { IsDeleted: false };
    }

    /// <summary>Null when the stream has no such comment.</summary>
    public async Task<FoundComment?> FindAsync(string streamId, long id, CancellationToken cancellationToken)
    {
        var log = await currentLog.WaitAsync(cancellationToken);
        var found = await ReadAsync(log, streamId, id, cancellationToken);
        if (found is { IsDeleted: false })
            known.Remember(streamId, id);
        return found;
    }

    private async Task<FoundComment?> ReadAsync(LogHandle log, string streamId, long id, CancellationToken cancellationToken)
    {
        FoundComment? found;
        bool isFarBehind;
        try
        {
            (found, isFarBehind) = await reads.ReadAsync(token => ReadWithDatabaseAsync(log, streamId, id, token), cancellationToken);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or BrokenCircuitException)
        {
            // Postgres is away: a reply to what was said lately is still possible, by the log alone.
            return In(await LogTail.ReadAsync(log, streamId, written: null, cancellationToken), id)
                ?? throw new TimeoutException("Postgres does not answer, and the log's end has no such comment.", exception);
        }

        // Nobody may hear that a comment doesn't exist because Postgres has not got it yet. Said here, where it is no failure of Postgres.
        return found is null && isFarBehind ? throw new TimeoutException("Postgres is far behind the log, whose end has no such comment.") : found;
    }

    private async Task<(FoundComment? Found, bool IsFarBehind)> ReadWithDatabaseAsync(LogHandle log, string streamId, long id, CancellationToken cancellationToken)
    {
        // In this order: what is written between the two is then found twice, and never missed.
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var written = await CommentRows.WrittenAsync(connection, log.Shard, cancellationToken);
        var tail = await LogTail.ReadAsync(log, streamId, written, cancellationToken);
        var found = In(tail, id);
        // Of one that came back Postgres may know that it was deleted.
        if (found is null or { IsDeleted: false, Comment.RestoredFrom: not null })
        {
            var row = InRow(await CommentRows.FindAsync(connection, log.Shard, streamId, id, cancellationToken));
            found = found is null ? row : row is { IsDeleted: true, IsHidden: false } ? found with { IsDeleted = true } : found;
        }

        if (tail.Gaps.Count == 0 || found is null or { IsDeleted: true })
            return (found, tail.Gaps.Count > 0);
        found = FoundComment.By(await deletions.ReadAsync(streamId, tail.Gaps, cancellationToken), found.Comment, id);
        // Where it lies if it came back meanwhile can't be told yet.
        return (found.IsHidden ? null : found, true);

        FoundComment? InRow((FoundComment Found, Cursor? Written)? row)
        {
            if (row is not { } stored)
                return null;
            var now = FoundComment.By(tail.Removed, tail.WithReactions([stored.Found.Comment], stored.Written)[0], id);
            return now.IsDeleted && stored.Found is not { IsDeleted: true, IsHidden: false } ? now : stored.Found with { Comment = now.Comment };
        }
    }

    private static FoundComment? In(LogTail tail, long id) =>
        tail.Find(CommentId.ToText(id)) is { } comment ? FoundComment.By(tail.Removed, tail.WithReactions([comment], written: null)[0], id) : null;
}
