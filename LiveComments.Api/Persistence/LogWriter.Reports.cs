using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Npgsql;

namespace LiveComments.Api.Persistence;

/// <summary>What viewers report, and what becomes of it. Each statement may run again, and then changes nothing.</summary>
sealed partial class LogWriter
{
    // What the reports without an outcome come to is counted anew, so that it does not matter what was applied before.
    private const string RecountReports =
        """
        update reported_comments set reports = open.reports, weight = open.weight, claimed_by = null, claimed_until = null,
            epoch = coalesce(open.epoch, reported_comments.epoch), log_sequence = coalesce(open.log_sequence, reported_comments.log_sequence), status =
        """;

    private const string OpenReports =
        """
        from (
            select count(*)::integer as reports, coalesce(sum(weight), 0) as weight,
                (array_agg(epoch order by epoch, log_sequence))[1] as epoch, (array_agg(log_sequence order by epoch, log_sequence))[1] as log_sequence
            from comment_reports where stream_id = $1 and comment_id = $2 and outcome is null
        ) open
        where reported_comments.stream_id = $1 and reported_comments.id = $2
        """;

    private void AddReport(NpgsqlBatch commands, LogEntry entry)
    {
        var report = Parse(entry, ContractsJson.Default.CommentReport);
        commands.BatchCommands.Add(new NpgsqlBatchCommand(
            """
            with added as (
                insert into comment_reports (stream_id, comment_id, user_id, username, reason, note, weight, at, epoch, log_sequence)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                on conflict do nothing
                returning stream_id, comment_id, weight, epoch, log_sequence
            )
            insert into reported_comments as kept (stream_id, id, comment, status, reports, weight, epoch, log_sequence)
            select stream_id, comment_id, $11, 'open', 1, weight, epoch, log_sequence from added
            on conflict (stream_id, id) do update
                set reports = kept.reports + 1, weight = kept.weight + excluded.weight,
                    -- Reported again after it was kept: a new case, with a place of its own.
                    status = case kept.status when 'removed' then 'removed' else 'open' end,
                    epoch = case kept.status when 'kept' then excluded.epoch else kept.epoch end,
                    log_sequence = case kept.status when 'kept' then excluded.log_sequence else kept.log_sequence end
            """)
        {
            Parameters =
            {
                new() { Value = report.Comment.StreamId }, new() { Value = Number(report.Comment.Id) }, new() { Value = report.UserId }, new() { Value = report.Username },
                new() { Value = report.Reason }, Text(report.Note), new() { Value = report.Weight }, new() { Value = DateTimeOffset.FromUnixTimeMilliseconds(report.At) },
                new() { Value = _log.Epoch }, new() { Value = (long)entry.Sequence }, Json(JsonSerializer.Serialize(report.Comment, ContractsJson.Wire.Comment)),
            },
        });
    }

    /// <summary>What an act means for reports of the comment it is about.</summary>
    private void AddOutcome(NpgsqlBatch commands, LogEntry entry, ModerationAct act)
    {
        if (act is not { StreamId: { } streamId, Comment: { } comment })
            return;
        var (outcome, status) = act.Kind switch
        {
            ModerationActKinds.KeepComment => ("dismissed", "case when open.reports > 0 then 'open' else 'kept' end"),
            ModerationActKinds.DeleteComment or ModerationActKinds.HideComment => ("upheld", "'removed'"),
            // What was held against it counts no more.
            ModerationActKinds.UnhideComment => ("dismissed", "'kept'"),
            _ => (null, null),
        };
        if (outcome is null)
            return;
        commands.BatchCommands.Add(new NpgsqlBatchCommand(
            "update comment_reports set outcome = $3 where stream_id = $1 and comment_id = $2 and outcome is null and (epoch, log_sequence) < ($4, $5)")
        {
            Parameters =
            {
                new() { Value = streamId }, new() { Value = Number(comment.Id) }, new() { Value = outcome }, new() { Value = _log.Epoch }, new() { Value = (long)entry.Sequence },
            },
        });
        commands.BatchCommands.Add(new NpgsqlBatchCommand($"{RecountReports} {status} {OpenReports}")
        {
            Parameters = { new() { Value = streamId }, new() { Value = Number(comment.Id) } },
        });
    }
}
