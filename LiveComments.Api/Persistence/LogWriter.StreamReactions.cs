using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Npgsql;
using NpgsqlTypes;

namespace LiveComments.Api.Persistence;

/// <summary>
/// The reactions to streams of a batch: one statement. They are additions, so each stream remembers the last entry that is
/// in its totals, and what lies before that is not added again, whoever replays it.
/// </summary>
sealed partial class LogWriter
{
    private static readonly string WriteStreamReactionsSql =
        $"""
        with fresh as (
            select row.* from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) as row (stream_id, log_sequence, gathered_at, {string.Join(", ", ReactionTypes.All.Select(type => $"\"{type}\""))})
            join streams on streams.id = row.stream_id and (streams.reactions_epoch, streams.reactions_sequence) < ($10, row.log_sequence)
        ), counted as (
            insert into stream_minutes as kept (stream_id, minute, reactions)
            select stream_id, date_trunc('minute', gathered_at), sum({string.Join(" + ", ReactionTypes.All.Select(type => $"\"{type}\""))}) from fresh group by 1, 2
            on conflict (stream_id, minute) do update set reactions = kept.reactions + excluded.reactions
        ), totals as (
            select stream_id, max(log_sequence) as last, {string.Join(", ", ReactionTypes.All.Select(type => $"sum(\"{type}\") as \"{type}\""))} from fresh group by stream_id
        )
        update streams set reactions_epoch = $10, reactions_sequence = totals.last,
            reaction_counts = array[{string.Join(", ", ReactionTypes.All.Select((type, index) => $"coalesce(reaction_counts[{index + 1}], 0) + totals.\"{type}\""))}]
        from totals
        where streams.id = totals.stream_id
        """;

    private async Task WriteStreamReactionsAsync(IReadOnlyList<LogEntry> batch, CancellationToken cancellationToken)
    {
        var rows = batch.Where(entry => entry.EventType == LogEventTypes.StreamReacted).Select(entry => (Entry: entry, Gathered: Parse(entry, ContractsJson.Default.ReactionsBatch))).ToArray();
        if (rows.Length == 0)
            return;
        await using var command = new NpgsqlCommand(WriteStreamReactionsSql, _connection)
        {
            Parameters =
            {
                Column(NpgsqlDbType.Text, rows, row => row.Entry.StreamId),
                Column(NpgsqlDbType.Bigint, rows, row => (long)row.Entry.Sequence),
                Column(NpgsqlDbType.TimestampTz, rows, row => DateTimeOffset.FromUnixTimeMilliseconds(row.Gathered.Timestamp)),
            },
        };
        foreach (var type in ReactionTypes.All)
            command.Parameters.Add(Column(NpgsqlDbType.Bigint, rows, row => (long)row.Gathered.Counts.GetValueOrDefault(type)));
        command.Parameters.Add(new NpgsqlParameter { Value = _log.Epoch });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
