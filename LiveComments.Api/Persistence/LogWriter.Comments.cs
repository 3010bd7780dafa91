using System.Globalization;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Npgsql;
using NpgsqlTypes;

namespace LiveComments.Api.Persistence;

/// <summary>The comments of a batch, as arrays: two statements, however many comments.</summary>
sealed partial class LogWriter
{
    /// <returns>Those that were not there before.</returns>
    private async Task<IReadOnlyList<Comment>> WriteCommentsAsync(IReadOnlyList<LogEntry> batch, CancellationToken cancellationToken)
    {
        var rows = new List<(LogEntry Entry, Comment Comment, DateOnly Month)>(batch.Count);
        foreach (var entry in batch)
        {
            if (entry.EventType == LogEventTypes.CommentPosted)
                rows.Add((entry, Parse(entry, ContractsJson.Default.Comment), await MonthOfAsync(entry.StreamId, cancellationToken)));
        }

        if (rows.Count == 0)
            return [];
        await WriteUsersAsync(rows.ConvertAll(row => row.Comment), cancellationToken);
        var added = await InsertAsync(rows, cancellationToken);
        return [.. rows.Where(row => added.Contains(row.Entry.Sequence)).Select(row => row.Comment)];
    }

    private async Task<HashSet<ulong>> InsertAsync(List<(LogEntry Entry, Comment Comment, DateOnly Month)> rows, CancellationToken cancellationToken)
    {
        // Mentions are an array in each row, which unnest would flatten: they travel joined, since no username has a comma.
        await using var command = new NpgsqlCommand(
            """
            with added as (
                insert into comments (archive_month, stream_id, log_sequence, epoch, id, user_id, username, avatar_url, content, parent_id,
                    mentions, is_highlighted, is_pinned, is_paid, media_time_ms, idempotency_key, request_hash, created_at, received_at)
                select archive_month, stream_id, log_sequence, $2, id, user_id, username, avatar_url, content, parent_id,
                    string_to_array(mentions, ','), is_highlighted, is_pinned, is_paid, media_time_ms, idempotency_key, request_hash, created_at, received_at
                from unnest($1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
                    as row (archive_month, stream_id, log_sequence, id, user_id, username, avatar_url, content, parent_id,
                        mentions, is_highlighted, is_pinned, is_paid, media_time_ms, idempotency_key, request_hash, created_at, received_at)
                on conflict do nothing
                returning stream_id, log_sequence
            ), counted as (
                update streams set comment_count = comment_count + counted.added
                from (select stream_id, count(*) as added from added group by stream_id) counted
                where streams.id = counted.stream_id
            )
            select log_sequence from added
            """, _connection);
        void Column<T>(NpgsqlDbType type, Func<(LogEntry Entry, Comment Comment, DateOnly Month), T> value) =>
            command.Parameters.Add(new NpgsqlParameter { Value = rows.ConvertAll(row => value(row)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });

        Column(NpgsqlDbType.Date, row => row.Month);
        command.Parameters.Add(new NpgsqlParameter { Value = _log.Epoch });
        Column(NpgsqlDbType.Text, row => row.Comment.StreamId);
        Column(NpgsqlDbType.Bigint, row => (long)row.Entry.Sequence);
        Column(NpgsqlDbType.Bigint, row => Number(row.Comment.Id));
        Column(NpgsqlDbType.Text, row => row.Comment.UserId);
        Column(NpgsqlDbType.Text, row => row.Comment.Username);
        Column(NpgsqlDbType.Text, row => row.Comment.AvatarUrl);
        Column(NpgsqlDbType.Text, row => row.Comment.Content);
        Column(NpgsqlDbType.Bigint, row => row.Comment.ParentId is { } parent ? Number(parent) : (long?)null);
        Column(NpgsqlDbType.Text, row => string.Join(',', row.Comment.Mentions));
        Column(NpgsqlDbType.Boolean, row => row.Comment.IsHighlighted);
        Column(NpgsqlDbType.Boolean, row => row.Comment.IsPinned);
        Column(NpgsqlDbType.Boolean, row => row.Comment.IsPaid);
        Column(NpgsqlDbType.Bigint, row => row.Comment.MediaTimeMs);
        Column(NpgsqlDbType.Text, row => LogEntry.Header(row.Entry.Headers, LogHeaders.IdempotencyKey));
        Column(NpgsqlDbType.Text, row => LogEntry.Header(row.Entry.Headers, LogHeaders.RequestHash));
        Column(NpgsqlDbType.TimestampTz, row => DateTimeOffset.FromUnixTimeMilliseconds(row.Comment.CreatedAt));
        Column(NpgsqlDbType.TimestampTz, row => DateTimeOffset.FromUnixTimeMilliseconds(row.Comment.ReceivedAt));
        var added = new HashSet<ulong>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            added.Add((ulong)reader.GetInt64(0));
        return added;
    }

    /// <summary>Users come from the claims that their comments carry; posting needs no table of users.</summary>
    private async Task WriteUsersAsync(IEnumerable<Comment> comments, CancellationToken cancellationToken)
    {
        // The newest comment of each author tells the name that is current.
        var newest = comments.GroupBy(comment => comment.UserId, StringComparer.Ordinal).Select(group => group.Last()).OrderBy(comment => comment.UserId, StringComparer.Ordinal).ToArray();
        await using var command = new NpgsqlCommand(
            """
            insert into users (id, username, avatar_url, first_seen, last_seen)
            select id, username, avatar_url, seen, seen from unnest($1, $2, $3, $4) as row (id, username, avatar_url, seen)
            on conflict (id) do update set username = excluded.username, avatar_url = excluded.avatar_url, last_seen = greatest(users.last_seen, excluded.last_seen)
            """, _connection)
        {
            Parameters =
            {
                new() { Value = newest.Select(comment => comment.UserId).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = newest.Select(comment => comment.Username).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = newest.Select(comment => comment.AvatarUrl).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = newest.Select(comment => DateTimeOffset.FromUnixTimeMilliseconds(comment.CreatedAt)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static long Number(string id) => long.Parse(id, NumberStyles.None, CultureInfo.InvariantCulture);
}
