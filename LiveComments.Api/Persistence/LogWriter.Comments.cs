using System.Globalization;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Npgsql;
using NpgsqlTypes;

namespace LiveComments.Api.Persistence;

/// <summary>The comments of a batch. Hot: everything here is paid for each comment.</summary>
/// <remarks>
/// Rows are copied straight into the table, which is the cheapest way that Postgres has. The copy fails as a whole when
/// one of them is there already, by id or by idempotency key; since the offset moves along with the rows, that is as
/// rare as a retry that everybody else had forgotten. Such a batch is written once more, the slower way round.
/// </remarks>
sealed partial class LogWriter
{
    /// <summary>A comment on its way into the table.</summary>
    private readonly record struct CommentRow(LogEntry Entry, Comment Comment, DateOnly Month);

    // In the order in which CopyAsync writes them.
    private const string Columns =
        """
        archive_month, stream_id, log_sequence, epoch, id, user_id, username, avatar_url, content, parent_id, mentions,
        is_highlighted, is_pinned, is_paid, media_time_ms, idempotency_key, request_hash, created_at, received_at, display_name, author_role
        """;

    private async Task<List<CommentRow>> CommentRowsAsync(IReadOnlyList<LogEntry> batch, CancellationToken cancellationToken)
    {
        var rows = new List<CommentRow>(batch.Count);
        foreach (var entry in batch)
        {
            // One that comes back is a row already: it moves (RestoredCommand).
            if (entry.EventType == LogEventTypes.CommentPosted && LogEntry.Header(entry.Headers, LogHeaders.Restores) is null)
                rows.Add(new CommentRow(entry, Parse(entry, ContractsJson.Default.Comment), await MonthOfAsync(entry.StreamId, cancellationToken)));
        }

        return rows;
    }

    /// <summary>Writes the rows, and returns those that were not there before: all of them, where nothing else was thrown.</summary>
    /// <exception cref="PostgresException">A unique violation: <paramref name="allAreNew"/> was not true.</exception>
    private async Task<List<CommentRow>> AddCommentsAsync(List<CommentRow> rows, bool allAreNew, CancellationToken cancellationToken)
    {
        if (allAreNew)
        {
            await CopyAsync("comments", rows, cancellationToken);
            return rows;
        }

        await using (var table = new NpgsqlCommand("create temporary table if not exists arriving_comments (like comments including defaults) on commit delete rows", _connection))
            await table.ExecuteNonQueryAsync(cancellationToken);
        await CopyAsync("arriving_comments", rows, cancellationToken);
        await using var command = new NpgsqlCommand(
            $"insert into comments ({Columns}) select {Columns} from arriving_comments order by log_sequence on conflict do nothing returning log_sequence", _connection);
        var added = new HashSet<ulong>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            added.Add((ulong)reader.GetInt64(0));
        return rows.FindAll(row => added.Contains(row.Entry.Sequence));
    }

    private async Task CopyAsync(string table, List<CommentRow> rows, CancellationToken cancellationToken)
    {
        await using var copy = await _connection.BeginBinaryImportAsync($"copy {table} ({Columns}) from stdin (format binary)", cancellationToken);
        foreach (var (entry, comment, month) in rows)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(month, NpgsqlDbType.Date, cancellationToken);
            await copy.WriteAsync(comment.StreamId, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync((long)entry.Sequence, NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(_log.Epoch, NpgsqlDbType.Integer, cancellationToken);
            await copy.WriteAsync(Number(comment.Id), NpgsqlDbType.Bigint, cancellationToken);
            await copy.WriteAsync(comment.UserId, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(comment.Username, NpgsqlDbType.Text, cancellationToken);
            await TextAsync(comment.AvatarUrl);
            await copy.WriteAsync(comment.Content, NpgsqlDbType.Text, cancellationToken);
            await NumberAsync(comment.ParentId is { } parent ? Number(parent) : null);
            await copy.WriteAsync(comment.Mentions.Count == 0 ? [] : comment.Mentions.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(comment.IsHighlighted, NpgsqlDbType.Boolean, cancellationToken);
            await copy.WriteAsync(comment.IsPinned, NpgsqlDbType.Boolean, cancellationToken);
            await copy.WriteAsync(comment.IsPaid, NpgsqlDbType.Boolean, cancellationToken);
            await NumberAsync(comment.MediaTimeMs);
            await TextAsync(LogEntry.Header(entry.Headers, LogHeaders.IdempotencyKey));
            await TextAsync(LogEntry.Header(entry.Headers, LogHeaders.RequestHash));
            await copy.WriteAsync(DateTimeOffset.FromUnixTimeMilliseconds(comment.CreatedAt), NpgsqlDbType.TimestampTz, cancellationToken);
            await copy.WriteAsync(DateTimeOffset.FromUnixTimeMilliseconds(comment.ReceivedAt), NpgsqlDbType.TimestampTz, cancellationToken);
            await TextAsync(comment.DisplayName);
            await TextAsync(LogEntry.Header(entry.Headers, LogHeaders.AuthorRole));
        }

        await copy.CompleteAsync(cancellationToken);

        Task TextAsync(string? value) => value is null ? copy.WriteNullAsync(cancellationToken) : copy.WriteAsync(value, NpgsqlDbType.Text, cancellationToken);
        Task NumberAsync(long? value) => value is { } number ? copy.WriteAsync(number, NpgsqlDbType.Bigint, cancellationToken) : copy.WriteNullAsync(cancellationToken);
    }

    private static NpgsqlBatchCommand CountCommand(IReadOnlyList<CommentRow> added)
    {
        var counts = added.CountBy(row => row.Comment.StreamId, StringComparer.Ordinal).ToArray();
        return new NpgsqlBatchCommand(
            """
            update streams set comment_count = comment_count + row.added
            from unnest($1, $2) as row (stream_id, added)
            where streams.id = row.stream_id
            """)
        {
            Parameters =
            {
                new() { Value = Array.ConvertAll(counts, count => count.Key), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = Array.ConvertAll(counts, count => (long)count.Value), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint },
            },
        };
    }

    private static long Number(string id) => long.Parse(id, NumberStyles.None, CultureInfo.InvariantCulture);
}
