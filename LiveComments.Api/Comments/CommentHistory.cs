using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Npgsql;

namespace LiveComments.Api.Comments;

/// <summary>
/// A stream's comments, page by page. What the persister has not written yet comes straight from the log, so who posted
/// sees the comment in the next answer; what the log has forgotten comes from Postgres.
/// </summary>
sealed class CommentHistory(NpgsqlDataSource database, CurrentLog currentLog)
{
    // A persister that is further behind than this is catching up after an outage; the page then begins where it is.
    private const int MaxTail = Limits.MaxResumeEvents;

    /// <summary>Newest first.</summary>
    /// <param name="streamId">An existing stream.</param>
    /// <param name="before">Only what is older; null for the newest.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<CommentPage> NewestAsync(string streamId, Cursor? before, int limit, CancellationToken cancellationToken)
    {
        // 1. Where Postgres is. Asked first: what is written meanwhile is then found twice, and never missed.
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var log = await currentLog.WaitAsync(cancellationToken);
        var written = await WrittenAsync(connection, log, cancellationToken);
        // 2. The tail that only the log has.
        var comments = new List<Comment>();
        if (before is null || (before.Value.Epoch == log.Epoch && before.Value.Sequence > written + 1))
            comments.AddRange(await TailAsync(log, streamId, written, before, limit, cancellationToken));
        // 3. The rest from Postgres.
        if (comments.Count < limit)
            comments.AddRange(await ReadAsync(connection, streamId, Oldest(comments) ?? before, limit - comments.Count, newestFirst: true, cancellationToken));
        return Page(comments, limit);
    }

    /// <summary>Oldest first, from the stream's beginning. Follows the log to its end, too.</summary>
    public async Task<CommentPage> OldestAsync(string streamId, Cursor? after, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var log = await currentLog.WaitAsync(cancellationToken);
        var written = await WrittenAsync(connection, log, cancellationToken);
        var comments = await ReadAsync(connection, streamId, after, limit, newestFirst: false, cancellationToken);
        if (comments.Count < limit)
        {
            var from = Math.Max(written, after is { } cursor && cursor.Epoch == log.Epoch ? cursor.Sequence : 0);
            var tail = await ReadTailAsync(log, streamId, from, cancellationToken);
            comments.AddRange(tail.Where(comment => comments.All(known => known.Id != comment.Id)).Take(limit - comments.Count));
        }

        return Page(comments, limit);
    }

    private static CommentPage Page(List<Comment> comments, int limit) =>
        new(comments, comments.Count == limit ? comments[^1].Cursor : null);

    private static Cursor? Oldest(List<Comment> comments) =>
        comments.Count > 0 && Cursor.TryParse(comments[^1].Cursor, out var cursor) ? cursor : null;

    private static async Task<ulong> WrittenAsync(NpgsqlConnection connection, LogHandle log, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select sequence from log_offsets where shard = $1 and epoch = $2", connection) { Parameters = { new() { Value = log.Shard }, new() { Value = log.Epoch } } };
        return await command.ExecuteScalarAsync(cancellationToken) is long sequence ? (ulong)sequence : 0;
    }

    private static async Task<IEnumerable<Comment>> TailAsync(LogHandle log, string streamId, ulong written, Cursor? before, int limit, CancellationToken cancellationToken)
    {
        var tail = await ReadTailAsync(log, streamId, written, cancellationToken);
        return tail.Where(comment => before is null || (Cursor.TryParse(comment.Cursor, out var cursor) && cursor.Sequence < before.Value.Sequence)).Reverse().Take(limit);
    }

    private static async Task<IReadOnlyList<Comment>> ReadTailAsync(LogHandle log, string streamId, ulong after, CancellationToken cancellationToken)
    {
        if (await log.LastAsync(streamId, cancellationToken) is not { } last || last.Sequence <= after)
            return [];
        var entries = await log.RangeAsync(streamId, after + 1, last.Sequence, MaxTail, cancellationToken)
            ?? await log.NewestAsync(streamId, last.Sequence, MaxTail, cancellationToken);
        return [.. entries.Where(entry => entry.EventType == LogEventTypes.CommentPosted).Select(entry => Read(log, entry))];
    }

    private static Comment Read(LogHandle log, LogEntry entry) =>
        (JsonSerializer.Deserialize(entry.Body.Span, ContractsJson.Default.Comment) ?? throw new InvalidDataException($"The log's entry {entry.Sequence} has no comment in it."))
            with
        { Cursor = new Cursor(log.Epoch, entry.Sequence).ToString() };

    private static async Task<List<Comment>> ReadAsync(NpgsqlConnection connection, string streamId, Cursor? from, int limit, bool newestFirst, CancellationToken cancellationToken)
    {
        var (comparison, order) = newestFirst ? ("<", "desc") : (">", "asc");
        var bound = from ?? (newestFirst ? new Cursor(int.MaxValue, long.MaxValue) : new Cursor(1, 0));
        await using var command = new NpgsqlCommand(
            $"""
            select comments.id, user_id, username, avatar_url, content, parent_id, mentions, is_highlighted, is_pinned, is_paid,
                created_at, media_time_ms, received_at, epoch, log_sequence
            from comments join streams on streams.archive_month = comments.archive_month and streams.id = comments.stream_id
            where stream_id = $1 and (epoch, log_sequence) {comparison} ($2, $3) and not is_hidden and moderation_status = 'approved'
            order by epoch {order}, log_sequence {order}
            limit $4
            """, connection)
        {
            Parameters = { new() { Value = streamId }, new() { Value = bound.Epoch }, new() { Value = (long)Math.Min(bound.Sequence, long.MaxValue) }, new() { Value = limit } },
        };
        var comments = new List<Comment>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            comments.Add(Read(reader, streamId));
        return comments;
    }

    private static Comment Read(NpgsqlDataReader row, string streamId) => new()
    {
        Id = row.GetInt64(0).ToString(System.Globalization.CultureInfo.InvariantCulture),
        StreamId = streamId,
        UserId = row.GetString(1),
        Username = row.GetString(2),
        AvatarUrl = row.IsDBNull(3) ? null : row.GetString(3),
        Content = row.GetString(4),
        ParentId = row.IsDBNull(5) ? null : row.GetInt64(5).ToString(System.Globalization.CultureInfo.InvariantCulture),
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
