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

/// <summary>Reads from Postgres what moderators decided, and what became of what was held.</summary>
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

    private static ModerationAct Act(string json) => JsonSerializer.Deserialize(json, ContractsJson.Default.ModerationAct) ?? throw new InvalidDataException("Postgres has an act with nothing in it.");

    private static Comment Comment(string json) => JsonSerializer.Deserialize(json, ContractsJson.Default.Comment) ?? throw new InvalidDataException("Postgres has a held comment with nothing in it.");

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
