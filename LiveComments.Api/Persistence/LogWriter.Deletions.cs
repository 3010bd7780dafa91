using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Npgsql;
using NpgsqlTypes;

namespace LiveComments.Api.Persistence;

/// <summary>The deletions of a batch, after its comments: what is deleted was posted before.</summary>
sealed partial class LogWriter
{
    private async Task WriteDeletionsAsync(IReadOnlyList<LogEntry> batch, CancellationToken cancellationToken)
    {
        var removed = new List<(CommentRemoved Comment, DateOnly Month)>();
        foreach (var entry in batch)
        {
            if (entry.EventType == LogEventTypes.CommentDeleted)
                removed.Add((Parse(entry, ContractsJson.Default.CommentRemoved), await MonthOfAsync(entry.StreamId, cancellationToken)));
        }

        if (removed.Count == 0)
            return;
        await using var command = new NpgsqlCommand(
            """
            with removed as (
                update comments set deleted_at = now()
                from unnest($1, $2, $3) as row (archive_month, stream_id, id)
                where comments.archive_month = row.archive_month and comments.id = row.id and comments.stream_id = row.stream_id and comments.deleted_at is null
                returning comments.stream_id, comments.parent_id
            ), counted as (
                update streams set comment_count = comment_count - counted.removed
                from (select stream_id, count(*) as removed from removed group by stream_id) counted
                where streams.id = counted.stream_id
            )
            select stream_id, parent_id, count(*)::integer from removed where parent_id is not null group by stream_id, parent_id
            """, _connection)
        {
            Parameters =
            {
                new() { Value = removed.ConvertAll(row => row.Month).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date },
                new() { Value = removed.ConvertAll(row => row.Comment.StreamId).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = removed.ConvertAll(row => Number(row.Comment.CommentId)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint },
            },
        };
        var unanswered = new List<(string StreamId, long CommentId, int Change)>();
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                unanswered.Add((reader.GetString(0), reader.GetInt64(1), -reader.GetInt32(2)));
        }

        // In a statement of its own: a comment and its parent may have been deleted in one batch.
        if (unanswered.Count == 0)
            return;
        await using var scores = new NpgsqlBatch(_connection) { BatchCommands = { await ScoresAsync([.. unanswered], cancellationToken) } };
        await scores.ExecuteNonQueryAsync(cancellationToken);
    }
}
