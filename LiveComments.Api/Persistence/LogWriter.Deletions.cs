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
                returning comments.stream_id
            )
            update streams set comment_count = comment_count - counted.removed
            from (select stream_id, count(*) as removed from removed group by stream_id) counted
            where streams.id = counted.stream_id
            """, _connection)
        {
            Parameters =
            {
                new() { Value = removed.ConvertAll(row => row.Month).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date },
                new() { Value = removed.ConvertAll(row => row.Comment.StreamId).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = removed.ConvertAll(row => Number(row.Comment.CommentId)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
