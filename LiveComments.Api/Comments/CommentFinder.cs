using LiveComments.Api.Persistence;
using LiveComments.Api.Reactions;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Npgsql;
using Polly.CircuitBreaker;

namespace LiveComments.Api.Comments;

/// <summary>A comment, and whether its author took it back.</summary>
sealed record FoundComment(Comment Comment, bool IsDeleted);

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
        var found = In(tail, id)
            ?? (await CommentRows.FindAsync(connection, log.Shard, streamId, id, cancellationToken) is var (row, rowWritten)
                ? new FoundComment(tail.WithReactions([row.Comment], rowWritten)[0], row.IsDeleted || tail.Deleted.Contains(id))
                : null);
        if (tail.Gaps.Count == 0)
            return (found, false);
        var isDeleted = found is { IsDeleted: false } && (await deletions.ReadAsync(streamId, tail.Gaps, cancellationToken)).Contains(id);
        return (isDeleted ? found! with { IsDeleted = true } : found, true);
    }

    private static FoundComment? In(LogTail tail, long id)
    {
        var text = CommentId.ToText(id);
        return tail.Comments.FirstOrDefault(comment => comment.Id == text) is { } comment
            ? new FoundComment(tail.WithReactions([comment], written: null)[0], tail.Deleted.Contains(id))
            : null;
    }
}
