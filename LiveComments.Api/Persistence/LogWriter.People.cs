using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Npgsql;
using NpgsqlTypes;

namespace LiveComments.Api.Persistence;

/// <summary>What becomes of users: their reputation, and whom they follow.</summary>
sealed partial class LogWriter
{
    /// <summary>Moves reputations, once for each act: as <see cref="Moderation.Reputation.Reputations"/> does in memory.</summary>
    private void AddMoves(NpgsqlBatch commands, LogEntry entry, ModerationAct act)
    {
        if (act.Moves is not { Count: > 0 } moves)
            return;
        var users = moves.GroupBy(move => move.UserId, StringComparer.Ordinal).OrderBy(user => user.Key, StringComparer.Ordinal).ToArray();
        commands.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            insert into user_reputations as kept (user_id, score, epoch, log_sequence)
            select user_id, greatest(0, least(1, 0.5 + moved)), $3, $4 from unnest($1, $2) as row (user_id, moved)
            on conflict (user_id) do update
                set score = greatest(0, least(1, kept.score + (select moved from unnest($1, $2) as row (user_id, moved) where row.user_id = kept.user_id))),
                    epoch = excluded.epoch, log_sequence = excluded.log_sequence
                where (kept.epoch, kept.log_sequence) < (excluded.epoch, excluded.log_sequence)
            """)
        {
            Parameters =
            {
                Column(NpgsqlDbType.Text, users, user => user.Key), Column(NpgsqlDbType.Double, users, user => user.Sum(move => move.By)),
                new() { Value = _log.Epoch }, new() { Value = (long)entry.Sequence },
            },
        });
    }

    private NpgsqlBatchCommand FollowCommand(LogEntry entry)
    {
        var change = Parse(entry, ContractsJson.Default.FollowChange);
        return new NpgsqlBatchCommand(
            """
            insert into follows as kept (user_id, creator_id, is_following, since, epoch, log_sequence) values ($1, $2, $3, $4, $5, $6)
            on conflict (user_id, creator_id) do update set is_following = excluded.is_following, epoch = excluded.epoch, log_sequence = excluded.log_sequence,
                -- Who follows already has since the first time.
                since = case when kept.is_following and excluded.is_following then kept.since else excluded.since end
            where (kept.epoch, kept.log_sequence) < (excluded.epoch, excluded.log_sequence)
            """)
        {
            Parameters =
            {
                new() { Value = change.UserId }, new() { Value = change.CreatorId }, new() { Value = change.IsFollowing },
                new() { Value = DateTimeOffset.FromUnixTimeMilliseconds(change.At) }, new() { Value = _log.Epoch }, new() { Value = (long)entry.Sequence },
            },
        };
    }
}
