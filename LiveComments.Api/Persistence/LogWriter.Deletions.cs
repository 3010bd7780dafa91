using LiveComments.Api.Comments;
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
                returning comments.stream_id, comments.parent_id, comments.is_hidden
            ), counted as (
                update streams set comment_count = comment_count - counted.removed
                -- What was hidden does not count already.
                from (select stream_id, count(*) as removed from removed where not is_hidden group by stream_id) counted
                where streams.id = counted.stream_id
            ), closed as (
                update reported_comments set status = 'removed' from unnest($2, $3) as row (stream_id, id)
                where reported_comments.stream_id = row.stream_id and reported_comments.id = row.id
            )
            select stream_id, parent_id, count(*)::integer from removed where parent_id is not null and not is_hidden group by stream_id, parent_id
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

    // A reply that nobody sees does not speak for what it answers.
    private const string CountHidden =
        """
        , counted as (
            update streams set comment_count = comment_count + $4 from changed where streams.id = changed.stream_id and changed.deleted_at is null
        )
        update comments set top_score = top_score + $4 from changed
        where comments.archive_month = $1 and comments.id = changed.parent_id and changed.deleted_at is null
        """;

    /// <summary>A moderator hid a comment; the row stays. Applied again it changes nothing: what came back lies elsewhere.</summary>
    private static NpgsqlBatchCommand HiddenCommand(LogEntry entry, DateOnly month)
    {
        var place = PlaceIn(entry, LogHeaders.Removes);
        return new NpgsqlBatchCommand(
            $"""
            with changed as (
                update comments set is_hidden = true
                where archive_month = $1 and stream_id = $2 and id = $3 and epoch = $5 and log_sequence = $6 and not is_hidden
                returning stream_id, parent_id, deleted_at
            ){CountHidden}
            """)
        {
            Parameters =
            {
                new() { Value = month }, new() { Value = entry.StreamId }, new() { Value = LogTail.RemovedIn(entry) }, new() { Value = -1 },
                new() { Value = place.Epoch }, new() { Value = (long)place.Sequence },
            },
        };
    }

    /// <summary>A hidden comment comes back: the row moves to where the log has it now.</summary>
    private NpgsqlBatchCommand RestoredCommand(LogEntry entry, DateOnly month)
    {
        var place = PlaceIn(entry, LogHeaders.Restores);
        // What a new epoch took over keeps its first place.
        var now = LogEntry.Header(entry.Headers, LogHeaders.CarriedFrom) is null ? new Cursor(_log.Epoch, entry.Sequence) : PlaceIn(entry, LogHeaders.CarriedFrom);
        return new NpgsqlBatchCommand(
            $"""
            with changed as (
                update comments set is_hidden = false, epoch = $7, log_sequence = $8, restored_from = $9
                where archive_month = $1 and stream_id = $2 and id = $3 and epoch = $5 and log_sequence = $6 and is_hidden
                returning stream_id, parent_id, deleted_at
            ){CountHidden}
            """)
        {
            Parameters =
            {
                new() { Value = month }, new() { Value = entry.StreamId }, new() { Value = Number(Parse(entry, ContractsJson.Default.Comment).Id) }, new() { Value = 1 },
                new() { Value = place.Epoch }, new() { Value = (long)place.Sequence }, new() { Value = now.Epoch }, new() { Value = (long)now.Sequence },
                new() { Value = place.ToString() },
            },
        };
    }

    private static Cursor PlaceIn(LogEntry entry, string header) =>
        Cursor.TryParse(LogEntry.Header(entry.Headers, header), out var place) ? place : throw new InvalidDataException($"The log's entry {entry.Sequence} names no place.");
}
