using System.Text.Json;
using LiveComments.Api.Comments;
using LiveComments.Api.Moderation;
using LiveComments.Api.Moderation.State;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Npgsql;
using NpgsqlTypes;

namespace LiveComments.Api.Persistence;

/// <summary>What moderators did, and what waits for them. Few, so each is written by itself, in the log's order.</summary>
sealed partial class LogWriter
{
    private async Task WriteModerationAsync(IReadOnlyList<LogEntry> batch, CancellationToken cancellationToken)
    {
        NpgsqlBatch? commands = null;
        foreach (var entry in batch)
        {
            switch (entry.EventType)
            {
                case LogEventTypes.ModerationAct:
                    AddAct(commands ??= new NpgsqlBatch(_connection), entry);
                    break;
                case LogEventTypes.UserFollowed:
                    (commands ??= new NpgsqlBatch(_connection)).BatchCommands.Add(FollowCommand(entry));
                    break;
                case LogEventTypes.CommentReported:
                    AddReport(commands ??= new NpgsqlBatch(_connection), entry);
                    break;
                case LogEventTypes.CommentMarked:
                    (commands ??= new NpgsqlBatch(_connection)).BatchCommands.Add(MarkCommand(MarkTail.Parse(entry), await MonthOfAsync(entry.StreamId, cancellationToken)));
                    break;
                case LogEventTypes.CommentHidden:
                    (commands ??= new NpgsqlBatch(_connection)).BatchCommands.Add(HiddenCommand(entry, await MonthOfAsync(entry.StreamId, cancellationToken)));
                    break;
                case LogEventTypes.CommentPosted when LogEntry.Header(entry.Headers, LogHeaders.Restores) is not null:
                    (commands ??= new NpgsqlBatch(_connection)).BatchCommands.Add(RestoredCommand(entry, await MonthOfAsync(entry.StreamId, cancellationToken)));
                    break;
                case LogEventTypes.CommentHeld or LogEventTypes.CommentDropped:
                    (commands ??= new NpgsqlBatch(_connection)).BatchCommands.Add(HeldCommand(entry));
                    break;
            }
        }

        if (commands is null)
            return;
        await using (commands)
            await commands.ExecuteNonQueryAsync(cancellationToken);
    }

    private void AddAct(NpgsqlBatch commands, LogEntry entry)
    {
        var act = ModerationFollower.Parse(entry);
        // An entry that a new epoch took over is in the audit already.
        commands.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            insert into moderation_acts (id, stream_id, kind, by_id, user_id, comment_id, act, at, epoch, log_sequence)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            on conflict do nothing
            """)
        {
            Parameters =
            {
                new() { Value = Number(act.Id) }, Text(act.StreamId), new() { Value = act.Kind }, new() { Value = act.ById }, Text(act.UserId),
                new() { Value = act.Comment is { } about ? Number(about.Id) : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
                Json(JsonSerializer.Serialize(act, ContractsJson.Wire.ModerationAct)),
                new() { Value = DateTimeOffset.FromUnixTimeMilliseconds(act.At) }, new() { Value = _log.Epoch }, new() { Value = (long)entry.Sequence },
            },
        });
        if (ModerationSlot.Of(act) is { } slot)
            commands.BatchCommands.Add(StateCommand(entry, act, slot));
        AddMoves(commands, entry, act);
        AddOutcome(commands, entry, act);
        if (act is { Kind: ModerationActKinds.ApproveComment or ModerationActKinds.RejectComment, Comment: { } reviewed, StreamId: { } streamId })
        {
            commands.BatchCommands.Add(new NpgsqlBatchCommand(
                $"""
                with decided as (
                    update held_comments set status = $3, note = $4 where stream_id = $1 and id = $2 and status = 'held' returning status
                )
                insert into stream_minutes as kept (stream_id, minute, approved) select $1, $5, 1 from decided where status = '{HeldStatus.Approved}'
                on conflict (stream_id, minute) do update set approved = kept.approved + excluded.approved
                """)
            {
                Parameters =
                {
                    new() { Value = streamId }, new() { Value = Number(reviewed.Id) },
                    new() { Value = act.Kind == ModerationActKinds.ApproveComment ? HeldStatus.Approved : HeldStatus.Rejected }, Text(act.Reason), MinuteOf(act.At),
                },
            });
        }
    }

    private NpgsqlBatchCommand StateCommand(LogEntry entry, ModerationAct act, ModerationSlot slot) => new(
        """
        insert into moderation_state (stream_id, name, user_id, act, ends_at, epoch, log_sequence) values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (stream_id, name, user_id) do update set act = excluded.act, ends_at = excluded.ends_at, epoch = excluded.epoch, log_sequence = excluded.log_sequence
        where (moderation_state.epoch, moderation_state.log_sequence) < (excluded.epoch, excluded.log_sequence)
        """)
    {
        Parameters =
        {
            new() { Value = slot.StreamId }, new() { Value = (short)slot.Name }, new() { Value = slot.UserId },
            Json(JsonSerializer.Serialize(act, ContractsJson.Wire.ModerationAct)),
            new() { Value = act.Until is { } until ? DateTimeOffset.FromUnixTimeMilliseconds(until) : DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            new() { Value = _log.Epoch }, new() { Value = (long)entry.Sequence },
        },
    };

    private static NpgsqlBatchCommand MarkCommand(CommentUpdated mark, DateOnly month) => new(
        "update comments set is_pinned = coalesce($4, is_pinned), is_highlighted = coalesce($5, is_highlighted) where archive_month = $1 and stream_id = $2 and id = $3")
    {
        Parameters =
        {
            new() { Value = month }, new() { Value = mark.StreamId }, new() { Value = Number(mark.CommentId) }, Flag(mark.IsPinned), Flag(mark.IsHighlighted),
        },
    };

    private static NpgsqlParameter Flag(bool? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Boolean };

    private NpgsqlBatchCommand HeldCommand(LogEntry entry)
    {
        var comment = Parse(entry, ContractsJson.Default.Comment);
        var headers = new Dictionary<string, string>();
        foreach (var name in HeldHeaders.Kept)
        {
            if (LogEntry.Header(entry.Headers, name) is { } value)
                headers[name] = value;
        }

        var column = entry.EventType == LogEventTypes.CommentHeld ? "held" : "dropped";
        return new NpgsqlBatchCommand(
            $"""
            with added as (
                insert into held_comments (stream_id, id, user_id, status, comment, reason, detail, headers, epoch, log_sequence)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                on conflict do nothing returning stream_id
            )
            insert into stream_minutes as kept (stream_id, minute, {column}) select stream_id, $11, 1 from added
            on conflict (stream_id, minute) do update set {column} = kept.{column} + excluded.{column}
            """)
        {
            Parameters =
            {
                new() { Value = comment.StreamId }, new() { Value = Number(comment.Id) }, new() { Value = comment.UserId },
                new() { Value = entry.EventType == LogEventTypes.CommentHeld ? HeldStatus.Held : HeldHeaders.Dropped },
                Json(JsonSerializer.Serialize(comment, ContractsJson.Wire.Comment)),
                new() { Value = LogEntry.Header(entry.Headers, LogHeaders.Reason) ?? "" },
                Text(LogEntry.Header(entry.Headers, LogHeaders.Detail) is { } detail ? Uri.UnescapeDataString(detail) : null),
                Json(JsonSerializer.Serialize(headers, HeldJson.Default.DictionaryStringString)),
                new() { Value = _log.Epoch }, new() { Value = (long)entry.Sequence }, MinuteOf(comment.CreatedAt),
            },
        };
    }

    private static NpgsqlParameter Json(string json) => new() { Value = json, NpgsqlDbType = NpgsqlDbType.Jsonb };
}
