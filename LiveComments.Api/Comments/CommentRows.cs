using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Npgsql;

namespace LiveComments.Api.Comments;

/// <summary>Reads comments from Postgres.</summary>
static class CommentRows
{
    private const string Columns =
        """
        comments.id, user_id, username, avatar_url, content, parent_id, mentions, is_highlighted, is_pinned, is_paid,
            created_at, media_time_ms, received_at, epoch, log_sequence, deleted_at
        """;

    // The stream tells the month, and the month the partition.
    private const string FromStream = "from comments join streams on streams.archive_month = comments.archive_month and streams.id = comments.stream_id";

    private const string Visible = "not is_hidden and moderation_status = 'approved'";

    /// <summary>Up to which entry Postgres has the log; null when it has none of it.</summary>
    public static async Task<Cursor?> WrittenAsync(NpgsqlConnection connection, int shard, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select epoch, sequence from log_offsets where shard = $1", connection) { Parameters = { new() { Value = shard } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new Cursor(reader.GetInt32(0), (ulong)reader.GetInt64(1)) : null;
    }

    /// <summary>One comment, deleted or not; null when the stream has no such comment that may be seen.</summary>
    public static async Task<FoundComment?> FindAsync(NpgsqlConnection connection, string streamId, long id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select {Columns} {FromStream} where stream_id = $1 and comments.id = $2 and {Visible}", connection)
        {
            Parameters = { new() { Value = streamId }, new() { Value = id } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new FoundComment(Read(reader, streamId), !reader.IsDBNull(15)) : null;
    }

    /// <summary>Which comment a user's idempotency key led to, and the hash of that request; null when it led to none.</summary>
    public static async Task<(long Id, string? RequestHash)?> FindByKeyAsync(NpgsqlConnection connection, string streamId, string userId, string key, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"select comments.id, request_hash {FromStream} where stream_id = $1 and user_id = $2 and idempotency_key = $3", connection)
        {
            Parameters = { new() { Value = streamId }, new() { Value = userId }, new() { Value = key } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetString(1)) : null;
    }

    /// <param name="connection">Open.</param>
    /// <param name="streamId">The stream.</param>
    /// <param name="from">Only what comes after it in the order asked for; null for the first page.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="newestFirst">The order.</param>
    /// <param name="except">What the log's tail has deleted, and Postgres not yet.</param>
    /// <param name="parent">Only replies to this comment; null for all.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<List<Comment>> PageAsync(
        NpgsqlConnection connection, string streamId, Cursor? from, int limit, bool newestFirst, IReadOnlyCollection<long> except, long? parent, CancellationToken cancellationToken)
    {
        var (comparison, order) = newestFirst ? ("<", "desc") : (">", "asc");
        var bound = from ?? (newestFirst ? new Cursor(int.MaxValue, long.MaxValue) : new Cursor(1, 0));
        await using var command = new NpgsqlCommand(
            $"""
            select {Columns} {FromStream}
            where stream_id = $1 and (epoch, log_sequence) {comparison} ($2, $3) and {Visible} and deleted_at is null and comments.id <> all($5)
                {(parent is null ? "" : "and parent_id = $6")}
            order by epoch {order}, log_sequence {order}
            limit $4
            """, connection)
        {
            Parameters =
            {
                new() { Value = streamId }, new() { Value = bound.Epoch }, new() { Value = (long)Math.Min(bound.Sequence, long.MaxValue) }, new() { Value = limit },
                new() { Value = except.ToArray() },
            },
        };
        if (parent is { } id)
            command.Parameters.Add(new NpgsqlParameter { Value = id });
        var comments = new List<Comment>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            comments.Add(Read(reader, streamId));
        return comments;
    }

    private static Comment Read(NpgsqlDataReader row, string streamId) => new()
    {
        Id = CommentId.ToText(row.GetInt64(0)),
        StreamId = streamId,
        UserId = row.GetString(1),
        Username = row.GetString(2),
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
    };
}
