using System.Text.Json;
using LiveComments.Api.Comments;
using LiveComments.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace LiveComments.Api.Moderation.State;

/// <summary>A comment that was held, as Postgres has it.</summary>
/// <param name="Comment">As it would be shown.</param>
/// <param name="Status">One of <see cref="HeldStatus"/>, or dropped.</param>
/// <param name="Headers">What it is posted with.</param>
sealed record HeldRow(Comment Comment, string Status, IReadOnlyDictionary<string, string> Headers);

/// <summary>Which acts somebody looks for; all of them when nothing is said.</summary>
/// <param name="Kind">One of <see cref="ModerationActKinds"/>; there are none of others.</param>
/// <param name="UserId">Whom they are about, or who did them.</param>
readonly record struct ActFilter(string? Kind, string? UserId);

/// <summary>Reads from Postgres what moderators decided, and what waits for them.</summary>
static class ModerationRows
{
    // As many as a process remembers.
    private const int MaxHolding = 200_000;

    // Learnt within some 0.2 s when a process starts; what is older says little about today.
    private const int MaxDecisions = 5_000;

    private const string NewestFirst = "order by epoch desc, log_sequence desc";

    /// <summary>What holds, and up to which entry of the log that is so.</summary>
    public static async Task<(IReadOnlyList<(ModerationAct Act, Cursor Place)> Acts, Cursor? Written)> HoldingAsync(NpgsqlDataSource database, int shard, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        // In this order: what is written between the two is then read twice, from the log once more.
        var written = await CommentRows.WrittenAsync(connection, shard, cancellationToken);
        await using var command = new NpgsqlCommand($"select act, epoch, log_sequence from moderation_state where ends_at is null or ends_at > now() {NewestFirst} limit $1", connection)
        {
            Parameters = { new() { Value = MaxHolding } },
        };
        var acts = new List<(ModerationAct, Cursor)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            acts.Add((Act(reader.GetString(0)), new Cursor(reader.GetInt32(1), (ulong)reader.GetInt64(2))));
        return (acts, written);
    }

    /// <summary>What moderators thought of comments, the newest so many, oldest first: what the models learn from.</summary>
    public static async Task<IReadOnlyList<ModerationAct>> DecisionsAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"select act from moderation_acts where comment_id is not null {NewestFirst} limit $1");
        Add(command, [new() { Value = MaxDecisions }]);
        var acts = new List<ModerationAct>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            acts.Add(Act(reader.GetString(0)));
        acts.Reverse();
        return acts;
    }

    /// <summary>Whose reputation moved, those whose did last first; as many as a process remembers.</summary>
    public static async Task<IReadOnlyList<(string UserId, double Score, Cursor Place)>> ReputationsAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"select user_id, score, epoch, log_sequence from user_reputations {NewestFirst} limit $1");
        Add(command, [new() { Value = MaxHolding }]);
        var users = new List<(string, double, Cursor)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            users.Add((reader.GetString(0), reader.GetDouble(1), new Cursor(reader.GetInt32(2), (ulong)reader.GetInt64(3))));
        return users;
    }

    /// <summary>The audit of a stream, or of what was done about all for null; newest first.</summary>
    public static async Task<ModerationActPage> ActsAsync(NpgsqlDataSource database, string? streamId, Cursor? before, int limit, CancellationToken cancellationToken, ActFilter filter = default)
    {
        var bound = before ?? new Cursor(int.MaxValue, long.MaxValue);
        await using var command = database.CreateCommand(
            $"select act - 'rules', epoch, log_sequence from moderation_acts where stream_id is not distinct from $1 and (epoch, log_sequence) < ($2, $3) "
            + $"and ($5::text is null or kind = $5) and ($6::text is null or user_id = $6 or by_id = $6 or act #>> '{{comment,userId}}' = $6) {NewestFirst} limit $4");
        Add(command, [Text(streamId), new() { Value = bound.Epoch }, new() { Value = (long)Math.Min(bound.Sequence, long.MaxValue) }, new() { Value = limit }, Text(filter.Kind), Text(filter.UserId)]);
        var acts = new List<ModerationAct>();
        Cursor? last = null;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            acts.Add(Act(reader.GetString(0)));
            last = new Cursor(reader.GetInt32(1), (ulong)reader.GetInt64(2));
        }

        return new ModerationActPage(acts, acts.Count == limit ? last.ToString() : null);
    }

    /// <summary>Up to which entry Postgres has the log; null when it has none of it.</summary>
    public static async Task<Cursor?> WrittenAsync(NpgsqlDataSource database, int shard, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await CommentRows.WrittenAsync(connection, shard, cancellationToken);
    }

    // What both kinds of waiting comments look like. Of reports the detail says how many there are, and why.
    private const string HeldColumns = "comment, reason, detail, claimed_by, claimed_until, epoch, log_sequence, false as is_published";
    private const string ReportedColumns =
        """
        comment, 'reported' as reason,
            (select string_agg(reason || ' ' || given, ', ' order by given desc, reason) from (
                select reason, count(*) as given from comment_reports
                where comment_reports.stream_id = reported_comments.stream_id and comment_id = reported_comments.id and outcome is null group by reason) reasons) as detail,
            claimed_by, claimed_until, epoch, log_sequence, true as is_published
        """;

    /// <summary>What waits, oldest first: what was held, and what enough viewers reported.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="streamId">The stream.</param>
    /// <param name="threshold">What the reports of a comment must come to.</param>
    /// <param name="except">Comments that were taken away lately.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<ReviewQueue> QueueAsync(NpgsqlConnection connection, string streamId, int threshold, IReadOnlyCollection<long> except, int limit, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            (select {HeldColumns} from held_comments where stream_id = $1 and status = 'held' order by epoch, log_sequence limit $2)
            union all
            (select {ReportedColumns} from reported_comments where stream_id = $1 and status = 'open' and weight >= $3 and id <> all($4) order by epoch, log_sequence limit $2)
            order by epoch, log_sequence limit $2
            """, connection);
        Add(command, [new() { Value = streamId }, new() { Value = limit }, new() { Value = (double)threshold }, new() { Value = except.ToArray() }]);
        return await ReadQueueAsync(command, cancellationToken);
    }

    /// <summary>Takes the oldest that nobody looks at for one moderator; of several who ask at once, each gets others.</summary>
    /// <inheritdoc cref="QueueAsync"/>
    public static async Task<ReviewQueue> ClaimAsync(
        NpgsqlConnection connection, string streamId, int threshold, IReadOnlyCollection<long> except, string moderatorId, int count, DateTimeOffset now, DateTimeOffset until,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            with held as (
                select id, epoch, log_sequence, false as is_published from held_comments
                where stream_id = $1 and status = 'held' and (claimed_until is null or claimed_until <= $4 or claimed_by = $2)
                order by epoch, log_sequence limit $3 for update skip locked
            ), reported as (
                select id, epoch, log_sequence, true as is_published from reported_comments
                where stream_id = $1 and status = 'open' and weight >= $6 and id <> all($7) and (claimed_until is null or claimed_until <= $4 or claimed_by = $2)
                order by epoch, log_sequence limit $3 for update skip locked
            ), mine as (
                select * from held union all select * from reported order by epoch, log_sequence limit $3
            ), claimed_held as (
                update held_comments set claimed_by = $2, claimed_until = $5
                where stream_id = $1 and id in (select id from mine where not is_published)
                returning {HeldColumns}
            ), claimed_reported as (
                update reported_comments set claimed_by = $2, claimed_until = $5
                where stream_id = $1 and id in (select id from mine where is_published)
                returning {ReportedColumns}
            )
            select * from claimed_held union all select * from claimed_reported order by epoch, log_sequence
            """, connection);
        Add(command,
        [
            new() { Value = streamId }, new() { Value = moderatorId }, new() { Value = count }, new() { Value = now }, new() { Value = until }, new() { Value = (double)threshold },
            new() { Value = except.ToArray() },
        ]);
        return await ReadQueueAsync(command, cancellationToken);
    }

    /// <summary>Null when no such comment was ever held.</summary>
    public static async Task<HeldRow?> FindHeldAsync(NpgsqlDataSource database, string streamId, long id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select comment, status, headers from held_comments where stream_id = $1 and id = $2");
        Add(command, [new() { Value = streamId }, new() { Value = id }]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new HeldRow(Comment(reader.GetString(0)), reader.GetString(1), JsonSerializer.Deserialize(reader.GetString(2), HeldJson.Default.DictionaryStringString) ?? [])
            : null;
    }

    /// <summary>What became of one user's comments that were held; what was dropped is not told.</summary>
    public static async Task<HeldComments> OfUserAsync(NpgsqlDataSource database, string streamId, string userId, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"select comment, status, note from held_comments where stream_id = $1 and user_id = $2 and status <> '{HeldHeaders.Dropped}' {NewestFirst} limit $3");
        Add(command, [new() { Value = streamId }, new() { Value = userId }, new() { Value = limit }]);
        var comments = new List<HeldComment>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var status = reader.GetString(1);
            var comment = Comment(reader.GetString(0));
            comments.Add(new HeldComment(status == HeldStatus.Held ? comment with { Status = HeldStatus.Held } : comment, status, reader.IsDBNull(2) ? null : reader.GetString(2)));
        }

        return new HeldComments(comments);
    }

    private static void Add(NpgsqlCommand command, NpgsqlParameter[] parameters)
    {
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
    }

    private static async Task<ReviewQueue> ReadQueueAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var waiting = new List<QueuedComment>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            waiting.Add(new QueuedComment(
                Comment(reader.GetString(0)), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3),
                reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4).ToUnixTimeMilliseconds(), reader.GetBoolean(7)));
        }

        return new ReviewQueue(waiting);
    }

    private static ModerationAct Act(string json) => JsonSerializer.Deserialize(json, ContractsJson.Default.ModerationAct) ?? throw new InvalidDataException("Postgres has an act with nothing in it.");

    private static Comment Comment(string json) => JsonSerializer.Deserialize(json, ContractsJson.Default.Comment) ?? throw new InvalidDataException("Postgres has a held comment with nothing in it.");

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
