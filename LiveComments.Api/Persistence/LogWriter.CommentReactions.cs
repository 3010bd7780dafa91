using LiveComments.Api.Reactions;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Npgsql;
using NpgsqlTypes;

namespace LiveComments.Api.Persistence;

/// <summary>
/// The reactions to comments of a batch: one statement, however many. An entry says what holds from there on, so of
/// several about the same user, comment and type the last is enough, and one that was applied before changes nothing.
/// </summary>
sealed partial class LogWriter
{
    private static readonly string WriteCommentReactionsSql =
        $"""
        with latest as (
            select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                as row (archive_month, comment_id, user_id, type, is_set, username, avatar_url, idempotency_key, log_sequence, reacted_at, display_name)
        ), before as (
            select kept.archive_month, kept.comment_id, kept.user_id, kept.type, kept.is_set
            from latest join comment_reactions kept using (archive_month, comment_id, user_id, type)
        ), written as (
            insert into comment_reactions as kept (archive_month, comment_id, user_id, type, is_set, username, avatar_url, idempotency_key, epoch, log_sequence, reacted_at, display_name)
            select archive_month, comment_id, user_id, type, is_set, username, avatar_url, idempotency_key, $12, log_sequence, reacted_at, display_name from latest
            on conflict (archive_month, comment_id, user_id, type) do update
                set is_set = excluded.is_set, username = excluded.username, avatar_url = excluded.avatar_url, idempotency_key = excluded.idempotency_key,
                    epoch = excluded.epoch, log_sequence = excluded.log_sequence, reacted_at = excluded.reacted_at, display_name = excluded.display_name
                where (kept.epoch, kept.log_sequence) < (excluded.epoch, excluded.log_sequence)
            returning archive_month, comment_id, user_id, type, is_set
        ), changes as (
            select archive_month, comment_id, written.type, written.is_set::integer - coalesce(before.is_set, false)::integer as change
            from written left join before using (archive_month, comment_id, user_id, type)
        ), deltas as (
            select archive_month, comment_id, sum(change)::integer as score,
                {string.Join(", ", ReactionTypes.All.Select(type => $"coalesce(sum(change) filter (where type = '{type}'), 0)::integer as \"{type}\""))}
            from changes where change <> 0
            group by archive_month, comment_id
        )
        update comments set top_score = top_score + deltas.score,
            reaction_counts = array[{string.Join(", ", ReactionTypes.All.Select((type, index) => $"coalesce(reaction_counts[{index + 1}], 0) + deltas.\"{type}\""))}]
        from deltas
        where comments.archive_month = deltas.archive_month and comments.id = deltas.comment_id
        """;

    private async Task WriteCommentReactionsAsync(IReadOnlyList<LogEntry> batch, CancellationToken cancellationToken)
    {
        var latest = new Dictionary<(string CommentId, string UserId, string Type), (LogEntry Entry, CommentReaction Reaction)>();
        foreach (var entry in batch)
        {
            if (entry.EventType != LogEventTypes.CommentReacted)
                continue;
            var reaction = ReactionTail.ParseChange(entry);
            // A type that a newer version knows has no place here.
            if (ReactionTypes.IsValid(reaction.ReactionType))
                latest[(reaction.CommentId, reaction.UserId, reaction.ReactionType)] = (entry, reaction);
        }

        if (latest.Count == 0)
            return;
        var rows = latest.Values.ToArray();
        var months = new DateOnly[rows.Length];
        for (var row = 0; row < rows.Length; row++)
            months[row] = await MonthOfAsync(rows[row].Entry.StreamId, cancellationToken);
        await using var command = new NpgsqlCommand(WriteCommentReactionsSql, _connection)
        {
            Parameters =
            {
                Column(NpgsqlDbType.Date, months),
                Column(NpgsqlDbType.Bigint, rows, row => Number(row.Reaction.CommentId)),
                Column(NpgsqlDbType.Text, rows, row => row.Reaction.UserId),
                Column(NpgsqlDbType.Text, rows, row => row.Reaction.ReactionType),
                Column(NpgsqlDbType.Boolean, rows, row => row.Reaction.IsSet),
                Column(NpgsqlDbType.Text, rows, row => row.Reaction.Username),
                Column(NpgsqlDbType.Text, rows, row => row.Reaction.AvatarUrl),
                Column(NpgsqlDbType.Text, rows, row => LogEntry.Header(row.Entry.Headers, LogHeaders.IdempotencyKey)),
                Column(NpgsqlDbType.Bigint, rows, row => (long)row.Entry.Sequence),
                Column(NpgsqlDbType.TimestampTz, rows, row => DateTimeOffset.FromUnixTimeMilliseconds(row.Reaction.ReactedAt)),
                Column(NpgsqlDbType.Text, rows, row => row.Reaction.DisplayName),
                new() { Value = _log.Epoch },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter Column<T>(NpgsqlDbType type, T[] values) => new() { Value = values, NpgsqlDbType = NpgsqlDbType.Array | type };

    private static NpgsqlParameter Column<TRow, T>(NpgsqlDbType type, TRow[] rows, Converter<TRow, T> value) => Column(type, Array.ConvertAll(rows, value));
}
