using LiveComments.Contracts;
using Npgsql;

namespace LiveComments.Api.Comments;

static partial class CommentRows
{
    private const int ScoreColumn = 21;

    /// <summary>The comments with the most reactions and replies first, and of those with equally many the newest; with the last entry that their reaction counts know.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="shard">Of the log.</param>
    /// <param name="streamId">The stream.</param>
    /// <param name="from">Only what comes after it; null for the first page.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="except">What the log's tail has deleted, and Postgres not yet.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <param name="within">Only what was posted within this time, Unix milliseconds, the second excluded, and has a score; null for all.</param>
    public static async Task<(List<(Comment Comment, int Score)> Comments, Cursor? Written)> TopAsync(
        NpgsqlConnection connection, int shard, string streamId, TopCursor? from, int limit, IReadOnlyCollection<long> except, CancellationToken cancellationToken,
        (long From, long To)? within = null)
    {
        var bound = from ?? TopCursor.Start;
        // Two parts, each in the order of an index: the few that have a score, and all the others by their place in the log.
        // The month comes first, so that the index of one partition gives the order and nothing is sorted.
        await using var command = new NpgsqlCommand(
            $"""
            with place as materialized (select archive_month as month from streams where id = $1)
            (
                select {Columns}, {WrittenColumns(2)}, top_score from comments
                where archive_month = (select month from place) and stream_id = $1 and top_score > 0 and (top_score, epoch, log_sequence) < ($3, $4, $5)
                    and {Visible} and deleted_at is null and id <> all($6) and created_at >= $10 and created_at < $11
                order by top_score desc, epoch desc, log_sequence desc
                limit $7
            )
            union all
            (
                select {Columns}, {WrittenColumns(2)}, 0 from comments
                where archive_month = (select month from place) and stream_id = $1 and top_score <= 0 and (epoch, log_sequence) < ($8, $9) and {(within is null ? "true" : "false")}
                    and {Visible} and deleted_at is null and id <> all($6)
                order by epoch desc, log_sequence desc
                limit $7
            )
            limit $7
            """, connection)
        {
            Parameters =
            {
                new() { Value = streamId }, new() { Value = shard },
                new() { Value = bound.Score }, new() { Value = bound.Place.Epoch }, new() { Value = (long)Math.Min(bound.Place.Sequence, long.MaxValue) },
                new() { Value = except.ToArray() }, new() { Value = limit },
                // The second part begins at its beginning until the first is over.
                new() { Value = bound.Score > 0 ? int.MaxValue : bound.Place.Epoch },
                new() { Value = bound.Score > 0 ? long.MaxValue : (long)Math.Min(bound.Place.Sequence, long.MaxValue) },
                new() { Value = DateTimeOffset.FromUnixTimeMilliseconds(within?.From ?? 0) }, new() { Value = within is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(time.To) : DateTimeOffset.MaxValue },
            },
        };
        var comments = new List<(Comment, int)>();
        Cursor? written = null;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            comments.Add((Read(reader, streamId), reader.GetInt32(ScoreColumn)));
            written = WrittenIn(reader, WrittenColumn);
        }

        return (comments, written);
    }
}
