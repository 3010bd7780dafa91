using System.Globalization;
using LiveComments.Api.Reactions;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Npgsql;

namespace LiveComments.Api.Comments;

/// <summary>Reads comments from Postgres.</summary>
static partial class CommentRows
{
    private const string Columns =
        """
        comments.id, user_id, username, avatar_url, content, parent_id, mentions, is_highlighted, is_pinned, is_paid,
            created_at, media_time_ms, received_at, epoch, log_sequence, deleted_at, comments.reaction_counts, display_name, restored_from
        """;

    // Behind all of those, where they are asked for.
    private const int WrittenColumn = 19;

    // Behind these two, where it is asked for.
    private const int HiddenColumn = 21;

    // The stream tells the month, and the month the partition. Asked for first, and not by a join: the partition's index
    // then gives the order, where a join would read and sort all comments of the stream for each page.
    private const string OfStream = "from comments where archive_month = (select archive_month from streams where id = $1) and stream_id = $1";

    private static readonly IReadOnlyDictionary<string, int> NoReactions = new Dictionary<string, int>();

    public const string Approved = "moderation_status = 'approved'";
    public const string Visible = $"not is_hidden and {Approved}";

    /// <summary>
    /// Up to which entry the rows of an answer know the log: asked for in the same statement, since the persister may have
    /// written more after <see cref="WrittenAsync"/>. What lies behind it changes their reactions; what doesn't is in them.
    /// </summary>
    public static string WrittenColumns(int shardParameter) =>
        string.Create(CultureInfo.InvariantCulture, $"(select epoch from log_offsets where shard = ${shardParameter}) as written_epoch, (select sequence from log_offsets where shard = ${shardParameter}) as written_sequence");

    /// <summary>What <see cref="WrittenColumns"/> answered; null when Postgres has nothing of the log.</summary>
    public static Cursor? WrittenIn(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : new Cursor(row.GetInt32(column), (ulong)row.GetInt64(column + 1));

    /// <summary>Up to which entry Postgres has the log; null when it has none of it.</summary>
    public static async Task<Cursor?> WrittenAsync(NpgsqlConnection connection, int shard, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select epoch, sequence from log_offsets where shard = $1", connection) { Parameters = { new() { Value = shard } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new Cursor(reader.GetInt32(0), (ulong)reader.GetInt64(1)) : null;
    }

    /// <summary>Which of these comments Postgres has, whatever became of them.</summary>
    public static async Task<HashSet<long>> KnownAsync(NpgsqlConnection connection, string streamId, long[] ids, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select comments.id {OfStream} and comments.id = any($2)", connection) { Parameters = { new() { Value = streamId }, new() { Value = ids } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var known = new HashSet<long>();
        while (await reader.ReadAsync(cancellationToken))
            known.Add(reader.GetInt64(0));
        return known;
    }

    /// <summary>One comment, removed or not; null when the stream has no such comment that could be seen.</summary>
    public static async Task<(FoundComment Found, Cursor? Written)?> FindAsync(NpgsqlConnection connection, int shard, string streamId, long id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select {Columns}, {WrittenColumns(3)}, is_hidden {OfStream} and comments.id = $2 and {Approved}", connection)
        {
            Parameters = { new() { Value = streamId }, new() { Value = id }, new() { Value = shard } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return null;
        var (isDeleted, isHidden) = (!reader.IsDBNull(15), reader.GetBoolean(HiddenColumn));
        return (new FoundComment(Read(reader, streamId), isDeleted || isHidden, isHidden && !isDeleted), WrittenIn(reader, WrittenColumn));
    }

    /// <summary>A page, and the last entry that its reaction counts know.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="shard">Of the log.</param>
    /// <param name="streamId">The stream.</param>
    /// <param name="from">Only what comes after it in the order asked for; null for the first page.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="newestFirst">The order.</param>
    /// <param name="except">What the log's tail has deleted, and Postgres not yet.</param>
    /// <param name="parent">Only replies to this comment; null for all.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<(List<Comment> Comments, Cursor? Written)> PageAsync(
        NpgsqlConnection connection, int shard, string streamId, Cursor? from, int limit, bool newestFirst, IReadOnlyCollection<long> except, long? parent, CancellationToken cancellationToken)
    {
        var (comparison, order) = newestFirst ? ("<", "desc") : (">", "asc");
        var bound = from ?? (newestFirst ? new Cursor(int.MaxValue, long.MaxValue) : new Cursor(1, 0));
        await using var command = new NpgsqlCommand(
            $"""
            select {Columns}, {WrittenColumns(6)} {OfStream}
                and (epoch, log_sequence) {comparison} ($2, $3) and {Visible} and deleted_at is null and comments.id <> all($5)
                {(parent is null ? "" : "and parent_id = $7")}
            order by epoch {order}, log_sequence {order}
            limit $4
            """, connection)
        {
            Parameters =
            {
                new() { Value = streamId }, new() { Value = bound.Epoch }, new() { Value = (long)Math.Min(bound.Sequence, long.MaxValue) }, new() { Value = limit },
                new() { Value = except.ToArray() }, new() { Value = shard },
            },
        };
        if (parent is { } id)
            command.Parameters.Add(new NpgsqlParameter { Value = id });
        var comments = new List<Comment>();
        Cursor? written = null;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            comments.Add(Read(reader, streamId));
            written = WrittenIn(reader, WrittenColumn);
        }

        return (comments, written);
    }

    private static Comment Read(NpgsqlDataReader row, string streamId) => new()
    {
        Id = CommentId.ToText(row.GetInt64(0)),
        StreamId = streamId,
        UserId = row.GetString(1),
        Username = row.GetString(2),
        DisplayName = row.IsDBNull(17) ? null : row.GetString(17),
        RestoredFrom = row.IsDBNull(18) ? null : row.GetString(18),
        AvatarUrl = row.IsDBNull(3) ? null : row.GetString(3),
        Content = row.GetString(4),
        ParentId = row.IsDBNull(5) ? null : CommentId.ToText(row.GetInt64(5)),
        Mentions = row.GetFieldValue<string[]>(6),
        IsHighlighted = row.GetBoolean(7),
        IsPinned = row.GetBoolean(8),
        IsPaid = row.GetBoolean(9),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(10).ToUnixTimeMilliseconds(),
        MediaTimeMs = row.IsDBNull(11) ? null : row.GetInt64(11),
        ReceivedAt = row.GetFieldValue<DateTimeOffset>(12).ToUnixTimeMilliseconds(),
        Cursor = new Cursor(row.GetInt32(13), (ulong)row.GetInt64(14)).ToString(),
        ReactionCounts = row.IsDBNull(16) ? NoReactions : Counts.Named(row.GetFieldValue<int[]>(16)),
    };
}
