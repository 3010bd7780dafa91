using System.Text.Json;
using LiveComments.Api.Comments;
using LiveComments.Contracts;
using Npgsql;
using NpgsqlTypes;

namespace LiveComments.Api.Moderation.Trial;

/// <summary>Something that was said, and what became of it then.</summary>
/// <param name="Place">In the log.</param>
/// <param name="Comment">As it was posted.</param>
/// <param name="Stored">One of <see cref="ModerationActions"/>.</param>
/// <param name="IsRemoved">It was shown, and taken away later.</param>
/// <param name="AuthorRole">What its author was then.</param>
sealed record PastComment(Cursor Place, Comment Comment, string Stored, bool IsRemoved, string AuthorRole);

/// <summary>Reads what was said on a stream, whether it was shown or not; what was refused lies nowhere.</summary>
static class PastComments
{
    /// <summary>Where to begin, so that nothing posted at that time or later lies before it, null for the stream's beginning; and whether anything was.</summary>
    public static async Task<(Cursor? Place, bool IsNothing)> BeginAsync(NpgsqlConnection connection, string streamId, long at, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select first_epoch, first_sequence from stream_minutes where stream_id = $1 and minute >= $2 and (comments > 0 or held > 0 or dropped > 0) order by minute limit 1", connection)
        {
            Parameters = { new() { Value = streamId }, new() { Value = DateTimeOffset.FromUnixTimeMilliseconds(at) } },
        };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken))
            return (null, true);
        // A minute that was written before its place was.
        return row.IsDBNull(0) ? (null, false) : (new Cursor(row.GetInt32(0), (ulong)Math.Max(row.GetInt64(1) - 1, 0)), false);
    }

    /// <summary>In the log's order, the oldest first.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="streamId">The stream.</param>
    /// <param name="place">What comes after it, or, backwards, what comes before what follows it: itself included.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="backwards">Those nearest before.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<List<PastComment>> ReadAsync(NpgsqlConnection connection, string streamId, Cursor? place, int limit, bool backwards, CancellationToken cancellationToken)
    {
        var (comparison, order) = backwards ? ("<=", "desc") : (">", "asc");
        // What a shadow mute dropped is no matter of rules, and what was approved is among the comments.
        await using var command = new NpgsqlCommand(
            $"""
            with place as materialized (select archive_month as month from streams where id = $1)
            select * from (
                (
                    select epoch, log_sequence, id, user_id, username, avatar_url, content, parent_id, mentions, media_time_ms, created_at, received_at, display_name,
                        not ({CommentRows.Visible} and deleted_at is null), author_role, null::text, '{ModerationActions.Approve}'
                    from comments where archive_month = (select month from place) and stream_id = $1 and (epoch, log_sequence) {comparison} ($2, $3)
                    order by epoch {order}, log_sequence {order} limit $4
                )
                union all
                (
                    select epoch, log_sequence, id, user_id, '', null, '', null, null, null, null, null, null,
                        false, headers->>'{LogHeaders.AuthorRole}', comment::text, case status when 'dropped' then '{ModerationActions.Drop}' else '{ModerationActions.Hold}' end
                    from held_comments where stream_id = $1 and (epoch, log_sequence) {comparison} ($2, $3) and status <> 'approved' and reason <> '{ReasonCodes.ShadowMute}'
                    order by epoch {order}, log_sequence {order} limit $4
                )
            ) as past
            order by epoch {order}, log_sequence {order} limit $4
            """, connection)
        {
            Parameters =
            {
                new() { Value = streamId }, new() { Value = place?.Epoch ?? 0 },
                new() { Value = (long)Math.Min(place?.Sequence ?? 0, long.MaxValue), NpgsqlDbType = NpgsqlDbType.Bigint }, new() { Value = limit },
            },
        };
        var past = new List<PastComment>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
            past.Add(Read(row, streamId));
        if (backwards)
            past.Reverse();
        return past;
    }

    private static PastComment Read(NpgsqlDataReader row, string streamId)
    {
        var place = new Cursor(row.GetInt32(0), (ulong)row.GetInt64(1));
        return new PastComment(place, CommentIn(row, streamId) with { Cursor = place.ToString() }, row.GetString(16), row.GetBoolean(13), row.IsDBNull(14) ? Roles.User : row.GetString(14));
    }

    private static Comment CommentIn(NpgsqlDataReader row, string streamId) => !row.IsDBNull(15)
        ? JsonSerializer.Deserialize(row.GetString(15), ContractsJson.Default.Comment) ?? throw new InvalidDataException("A comment that was held is none.")
        : new Comment
        {
            Id = CommentId.ToText(row.GetInt64(2)),
            StreamId = streamId,
            UserId = row.GetString(3),
            Username = row.GetString(4),
            AvatarUrl = row.IsDBNull(5) ? null : row.GetString(5),
            Content = row.GetString(6),
            ParentId = row.IsDBNull(7) ? null : CommentId.ToText(row.GetInt64(7)),
            Mentions = row.GetFieldValue<string[]>(8),
            MediaTimeMs = row.IsDBNull(9) ? null : row.GetInt64(9),
            CreatedAt = row.GetFieldValue<DateTimeOffset>(10).ToUnixTimeMilliseconds(),
            ReceivedAt = row.GetFieldValue<DateTimeOffset>(11).ToUnixTimeMilliseconds(),
            DisplayName = row.IsDBNull(12) ? null : row.GetString(12),
        };
}
