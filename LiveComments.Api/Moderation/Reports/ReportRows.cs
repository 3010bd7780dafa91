using System.Globalization;
using System.Text.Json;
using LiveComments.Api.Comments;
using LiveComments.Contracts;
using Npgsql;

namespace LiveComments.Api.Moderation.Reports;

/// <summary>Reads from Postgres which comments viewers reported.</summary>
static class ReportRows
{
    // Whose reputation one decision moves: in a raid thousands report, and an act must stay small.
    private const int MaxReporters = 200;

    /// <summary>Comments of a stream with reports that nobody has decided about; those that count most first.</summary>
    public static async Task<List<ReportedComment>> OpenAsync(NpgsqlConnection connection, string streamId, Func<string, int> thresholdOf, int limit, IReadOnlyCollection<long> except, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"select {Columns} from reported_comments where stream_id = $1 and status = 'open' and id <> all($2) order by weight desc, epoch, log_sequence limit $3", connection)
        {
            Parameters = { new() { Value = streamId }, new() { Value = except.ToArray() }, new() { Value = limit } },
        };
        return (await ReadAsync(command, thresholdOf, cancellationToken)).Comments;
    }

    /// <summary>The same of all streams, those that were reported first, first: their weights change, and pages must go on where the last one ended.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="thresholdOf">What the reports of a comment must come to on a stream, for the queue.</param>
    /// <param name="after">The place behind which the page begins; null for the beginning.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<(List<ReportedComment> Comments, Cursor? Last)> OfAllAsync(NpgsqlConnection connection, Func<string, int> thresholdOf, Cursor? after, int limit, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"select {Columns} from reported_comments where status = 'open' and (epoch, log_sequence) > ($1, $2) order by epoch, log_sequence limit $3", connection)
        {
            Parameters = { new() { Value = after?.Epoch ?? 0 }, new() { Value = (long)Math.Min(after?.Sequence ?? 0, long.MaxValue) }, new() { Value = limit } },
        };
        return await ReadAsync(command, thresholdOf, cancellationToken);
    }

    private const string Columns = "id, comment, reports, weight, epoch, log_sequence, (select title from streams where streams.id = stream_id) as stream_title";

    private static async Task<(List<ReportedComment> Comments, Cursor? Last)> ReadAsync(NpgsqlCommand command, Func<string, int> thresholdOf, CancellationToken cancellationToken)
    {
        var comments = new List<(long Id, Comment Comment, int Count, double Weight, string? Title)>();
        Cursor? last = null;
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                comments.Add((reader.GetInt64(0), CommentIn(reader.GetString(1)), reader.GetInt32(2), reader.GetDouble(3), reader.IsDBNull(6) ? null : reader.GetString(6)));
                last = new Cursor(reader.GetInt32(4), (ulong)reader.GetInt64(5));
            }
        }

        if (comments.Count == 0)
            return ([], null);
        var (streams, ids) = (comments.ConvertAll(one => one.Comment.StreamId).ToArray(), comments.ConvertAll(one => one.Id).ToArray());
        var reports = await ReportsAsync(command.Connection!, streams, ids, cancellationToken);
        var reasons = await ReasonsAsync(command.Connection!, streams, ids, cancellationToken);
        return (comments.ConvertAll(one => new ReportedComment(
            one.Comment, one.Count, Math.Round(one.Weight, 2), one.Weight >= thresholdOf(one.Comment.StreamId),
            reasons[one.Id].ToDictionary(reason => reason.Reason, reason => reason.Count), [.. reports[one.Id].Select(report => report.Report)], one.Title)), last);
    }

    /// <summary>The comment, if it is reported and nobody has decided about it.</summary>
    public static async Task<Comment?> FindOpenAsync(NpgsqlDataSource database, string streamId, long id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select comment from reported_comments where stream_id = $1 and id = $2 and status = 'open'");
        command.Parameters.Add(new() { Value = streamId });
        command.Parameters.Add(new() { Value = id });
        return await command.ExecuteScalarAsync(cancellationToken) is string json ? CommentIn(json) : null;
    }

    /// <summary>Who reported the comment since somebody decided about it; the first so many.</summary>
    public static async Task<IReadOnlyList<string>> ReportersAsync(NpgsqlDataSource database, string streamId, long id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "select user_id from comment_reports where stream_id = $1 and comment_id = $2 and outcome is null order by epoch, log_sequence limit $3");
        command.Parameters.Add(new() { Value = streamId });
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = MaxReporters });
        var reporters = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            reporters.Add(reader.GetString(0));
        return reporters;
    }

    private static async Task<ILookup<long, (long Id, Report Report)>> ReportsAsync(NpgsqlConnection connection, string[] streams, long[] ids, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            string.Create(CultureInfo.InvariantCulture,
            $"""
            select one.id, report.user_id, report.username, report.reason, report.note, report.at
            from unnest($1, $2) as one (stream, id)
            cross join lateral (
                select * from comment_reports where stream_id = one.stream and comment_id = one.id and outcome is null
                order by epoch desc, log_sequence desc limit {ModerationLimits.MaxReportsShown}
            ) report
            order by one.id, report.epoch desc, report.log_sequence desc
            """), connection)
        {
            Parameters = { new() { Value = streams }, new() { Value = ids } },
        };
        var reports = new List<(long Id, Report Report)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            reports.Add((reader.GetInt64(0), new Report(
                reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.IsDBNull(4) ? null : reader.GetString(4), reader.GetFieldValue<DateTimeOffset>(5).ToUnixTimeMilliseconds())));
        }

        return reports.ToLookup(report => report.Id);
    }

    private static async Task<ILookup<long, (long Id, string Reason, int Count)>> ReasonsAsync(NpgsqlConnection connection, string[] streams, long[] ids, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select comment_id, reason, count(*)::integer from comment_reports join unnest($1, $2) as one (stream, id) on stream_id = one.stream and comment_id = one.id where outcome is null group by comment_id, reason", connection)
        {
            Parameters = { new() { Value = streams }, new() { Value = ids } },
        };
        var reasons = new List<(long Id, string Reason, int Count)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            reasons.Add((reader.GetInt64(0), reader.GetString(1), reader.GetInt32(2)));
        return reasons.ToLookup(reason => reason.Id);
    }

    private static Comment CommentIn(string json) => JsonSerializer.Deserialize(json, ContractsJson.Default.Comment) ?? throw new InvalidDataException("Postgres has a reported comment with nothing in it.");
}
