using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Npgsql;

namespace LiveComments.Api.Comments;

/// <summary>Finds the comment that an idempotency key led to before.</summary>
sealed class OriginalComments(CurrentLog currentLog, NpgsqlDataSource database)
{
    // Of one stream's last entries in a log whose epoch has ended and that Postgres has not got yet.
    private const int MaxEntriesToLookAt = Limits.MaxResumeEvents;

    /// <summary>The answer to a retry, where the log itself says that the original lies; null when the log has no such entry.</summary>
    public async Task<PostResult?> AtAsync(Cursor cursor, string hash, string? key, CancellationToken cancellationToken)
    {
        var current = await currentLog.WaitAsync(cancellationToken);
        return current.Of(cursor.Epoch) is { } log && await log.AtAsync(cursor.Sequence, cancellationToken) is { } entry ? Answer(entry, cursor, hash, key) : null;
    }

    /// <summary>
    /// The answer to a retry whose original was at <paramref name="seenAt"/>; null when it was lost with the end of an epoch,
    /// and nobody has it.
    /// </summary>
    public async Task<PostResult?> FindAsync(string streamId, string userId, string key, Cursor seenAt, string hash, CancellationToken cancellationToken)
    {
        var current = await currentLog.WaitAsync(cancellationToken);
        if (current.Of(seenAt.Epoch) is { } log
            && await log.AtAsync(seenAt.Sequence, cancellationToken) is { } entry
            // A log that went backwards may have given the place to another.
            && entry.StreamId == streamId && LogEntry.Header(entry.Headers, LogHeaders.IdempotencyKey) == key)
            return Answer(entry, seenAt, hash, key);
        if (await InPostgresAsync(streamId, userId, key, hash, cancellationToken) is { } stored)
            return stored;
        return seenAt.Epoch < current.Epoch ? await InOlderLogsAsync(current, streamId, userId, key, hash, cancellationToken) : new PostResult.Unavailable();
    }

    /// <summary>The answer to a retry whose original may lie in an epoch that has ended; null when it doesn't.</summary>
    public async Task<PostResult?> FindInOlderEpochsAsync(string streamId, string userId, string key, string hash, CancellationToken cancellationToken)
    {
        var current = await currentLog.WaitAsync(cancellationToken);
        if (current.Epoch == 1)
            return null;
        return await InOlderLogsAsync(current, streamId, userId, key, hash, cancellationToken) ?? await InPostgresAsync(streamId, userId, key, hash, cancellationToken);
    }

    private static async Task<PostResult?> InOlderLogsAsync(LogHandle current, string streamId, string userId, string key, string hash, CancellationToken cancellationToken)
    {
        foreach (var log in current.Older.Reverse())
        {
            foreach (var entry in (await log.NewestAsync(streamId, log.Stream.Info.State.LastSeq, MaxEntriesToLookAt, cancellationToken)).Reverse())
            {
                if (entry.EventType == LogEventTypes.CommentPosted && LogEntry.Header(entry.Headers, LogHeaders.IdempotencyKey) == key && Parse(entry).UserId == userId)
                    return Answer(entry, new Cursor(log.Epoch, entry.Sequence), hash, key);
            }
        }

        return null;
    }

    private async Task<PostResult?> InPostgresAsync(string streamId, string userId, string key, string hash, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (await CommentRows.FindByKeyAsync(connection, streamId, userId, key, cancellationToken) is not var (id, storedHash))
            return null;
        if (storedHash != hash)
            return new PostResult.KeyReused();
        return await CommentRows.FindAsync(connection, Log.LogKeeper.Shard, streamId, id, cancellationToken) is var (found, _)
            ? new PostResult.Accepted(found.Comment with { IdempotencyKey = key }, Quota: null)
            : new PostResult.Unavailable();
    }

    private static PostResult Answer(LogEntry entry, Cursor cursor, string hash, string? key) =>
        LogEntry.Header(entry.Headers, LogHeaders.RequestHash) == hash
            ? new PostResult.Accepted(CommentPosting.ForItsAuthor(Parse(entry), cursor, key), Quota: null)
            : new PostResult.KeyReused();

    private static Comment Parse(LogEntry entry) =>
        JsonSerializer.Deserialize(entry.Body.Span, ContractsJson.Default.Comment) ?? throw new InvalidDataException($"The log's entry {entry.Sequence} has no comment in it.");
}
