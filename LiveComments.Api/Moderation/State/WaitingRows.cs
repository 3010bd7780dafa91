using System.Text.Json;
using LiveComments.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace LiveComments.Api.Moderation.State;

/// <summary>Whose queue: that of one stream, or of all.</summary>
/// <param name="StreamId">Null for all.</param>
/// <param name="Threshold">What the reports of a comment must come to; of all streams each one's own setting counts, and this where there is none.</param>
/// <param name="Except">Comments that are not wanted: taken away lately, or left to others.</param>
readonly record struct QueueOf(string? StreamId, int Threshold, IReadOnlyCollection<long> Except);

/// <summary>Who claims what waits, when, and until when.</summary>
readonly record struct ClaimBy(string Id, string Name, DateTimeOffset Now, DateTimeOffset Until);

/// <summary>Reads from Postgres what waits for moderators, and writes who looks at it.</summary>
static class WaitingRows
{
    private const string Title = "(select title from streams where streams.id = stream_id) as stream_title";

    // What both kinds of waiting comments look like. Of reports the detail says how many there are, and why.
    private const string HeldColumns = $"comment, reason, detail, claimed_by, claimed_until, epoch, log_sequence, false as is_published, claimed_name, {Title}";
    private const string ReportedColumns =
        $"""
        comment, 'reported' as reason,
            (select string_agg(reason || ' ' || given, ', ' order by given desc, reason) from (
                select reason, count(*) as given from comment_reports
                where comment_reports.stream_id = reported_comments.stream_id and comment_id = reported_comments.id and outcome is null group by reason) reasons) as detail,
            claimed_by, claimed_until, epoch, log_sequence, true as is_published, claimed_name, {Title}
        """;

    private const string IsFree = "(claimed_until is null or claimed_until <= $4 or claimed_by = $5)";

    /// <summary>What waits, oldest first: what was held, and what enough viewers reported.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="queue">Whose.</param>
    /// <param name="after">The place behind which the page begins; null for the beginning.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<(List<QueuedComment> Waiting, Cursor? Last)> ReadAsync(NpgsqlConnection connection, QueueOf queue, Cursor? after, int limit, CancellationToken cancellationToken)
    {
        const string Behind = "and (epoch, log_sequence) > ($4, $5)";
        await using var command = new NpgsqlCommand(
            $"""
            (select {HeldColumns} from held_comments where {OfStream(queue)} and status = 'held' and id <> all($3) {Behind} order by epoch, log_sequence limit $6)
            union all
            (select {ReportedColumns} from reported_comments where {OfStream(queue)} and {IsReported(queue)} {Behind} order by epoch, log_sequence limit $6)
            order by epoch, log_sequence limit $6
            """, connection);
        Add(command, [.. ParametersOf(queue), new() { Value = after?.Epoch ?? 0 }, new() { Value = (long)Math.Min(after?.Sequence ?? 0, long.MaxValue) }, new() { Value = limit }]);
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>Takes the oldest that nobody looks at for one moderator; of several who ask at once, each gets others.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="queue">Whose.</param>
    /// <param name="by">Who takes them.</param>
    /// <param name="count">At most so many, with those that they have already.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<(List<QueuedComment> Waiting, Cursor? Last)> ClaimAsync(NpgsqlConnection connection, QueueOf queue, ClaimBy by, int count, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            with held as (
                select stream_id, id, epoch, log_sequence, false as is_published from held_comments
                where {OfStream(queue)} and status = 'held' and id <> all($3) and {IsFree}
                order by epoch, log_sequence limit $8 for update skip locked
            ), reported as (
                select stream_id, id, epoch, log_sequence, true as is_published from reported_comments
                where {OfStream(queue)} and {IsReported(queue)} and {IsFree}
                order by epoch, log_sequence limit $8 for update skip locked
            ), mine as (
                select * from held union all select * from reported order by epoch, log_sequence limit $8
            ), claimed_held as (
                update held_comments set claimed_by = $5, claimed_name = $6, claimed_until = $7
                where (stream_id, id) in (select stream_id, id from mine where not is_published)
                returning {HeldColumns}
            ), claimed_reported as (
                update reported_comments set claimed_by = $5, claimed_name = $6, claimed_until = $7
                where (stream_id, id) in (select stream_id, id from mine where is_published)
                returning {ReportedColumns}
            )
            select * from claimed_held union all select * from claimed_reported order by epoch, log_sequence
            """, connection);
        Add(command,
        [
            .. ParametersOf(queue), new() { Value = by.Now }, new() { Value = by.Id }, new() { Value = by.Name }, new() { Value = by.Until }, new() { Value = count },
        ]);
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>Gives a claim back; whose it is not, changes nothing. False when no such comment waits.</summary>
    public static async Task<bool> ReleaseAsync(NpgsqlConnection connection, string streamId, long id, string moderatorId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            with held as (
                update held_comments set claimed_by = null, claimed_name = null, claimed_until = null where stream_id = $1 and id = $2 and claimed_by = $3
            ), reported as (
                update reported_comments set claimed_by = null, claimed_name = null, claimed_until = null where stream_id = $1 and id = $2 and claimed_by = $3
            )
            select exists (select 1 from held_comments where stream_id = $1 and id = $2 and status = 'held')
                or exists (select 1 from reported_comments where stream_id = $1 and id = $2 and status = 'open')
            """, connection);
        Add(command, [new() { Value = streamId }, new() { Value = id }, new() { Value = moderatorId }]);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    // All statements begin with the same three.
    private static NpgsqlParameter[] ParametersOf(QueueOf queue) =>
    [
        new() { Value = (object?)queue.StreamId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text }, new() { Value = (double)queue.Threshold }, new() { Value = queue.Except.ToArray() },
    ];

    // Two texts, and not one that asks which it is: so that each has its index.
    private static string OfStream(QueueOf queue) => queue.StreamId is null ? "$1::text is null" : "stream_id = $1";

    private static string IsReported(QueueOf queue) => $"status = 'open' and weight >= {(queue.StreamId is null ? OwnThreshold : "$2")} and id <> all($3)";

    // Of one stream the caller knows it, some milliseconds earlier.
    private static readonly string OwnThreshold =
        $"""
        coalesce((select (act #>> '{"{after,reportsToReview}"}')::double precision from moderation_state
            where moderation_state.stream_id = reported_comments.stream_id and name = {(short)SlotName.Settings} and user_id = ''), $2)
        """;

    private static void Add(NpgsqlCommand command, NpgsqlParameter[] parameters)
    {
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
    }

    private static async Task<(List<QueuedComment> Waiting, Cursor? Last)> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var waiting = new List<QueuedComment>();
        Cursor? last = null;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            waiting.Add(new QueuedComment(
                JsonSerializer.Deserialize(reader.GetString(0), ContractsJson.Default.Comment) ?? throw new InvalidDataException("Postgres has a waiting comment with nothing in it."),
                reader.GetString(1), Text(2), Text(3), reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4).ToUnixTimeMilliseconds(), reader.GetBoolean(7), Text(8), Text(9)));
            last = new Cursor(reader.GetInt32(5), (ulong)reader.GetInt64(6));
        }

        return (waiting, last);

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }
}
