using LiveComments.Api.Comments;
using LiveComments.Api.Persistence;
using LiveComments.Api.Reactions;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using LiveComments.ServiceDefaults.Presence;
using Npgsql;
using NpgsqlTypes;

namespace LiveComments.Api.Streams;

/// <summary>A stream's figures: what Postgres has counted, what lies behind that in the log, and what the nodes say of their viewers.</summary>
sealed class StreamFigures(NpgsqlDataSource database, DatabaseReads reads, CurrentLog currentLog, ViewerCounts viewers, TimeProvider clock)
{
    private const long MinuteMs = 60_000;

    public Task<StreamMetrics> ReadAsync(string streamId, CancellationToken cancellationToken) =>
        reads.ReadAsync(token => ReadStoredAsync(streamId, token), cancellationToken);

    private async Task<StreamMetrics> ReadStoredAsync(string streamId, CancellationToken cancellationToken)
    {
        // 1. Where Postgres is, and what lies behind that.
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var log = await currentLog.WaitAsync(cancellationToken);
        var tail = await LogTail.ReadAsync(log, streamId, await CommentRows.WrittenAsync(connection, log.Shard, cancellationToken), cancellationToken);
        // 2. What Postgres has counted; in the same snapshot where it is by then, since it may have got some of the tail
        //    meanwhile, and who of the rest has not commented before.
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var minute = now / MinuteMs;
        var counted = await CountedAsync(connection, log, streamId, minute, tail, cancellationToken);
        // 3. Together.
        var comments = tail.Comments.Where(comment => counted.IsBehind(PlaceOf(comment))).ToList();
        // Each at a place that it is removed from: one that was hidden and came back is among the comments twice.
        var deleted = tail.Behind(counted.Written, LogEventTypes.CommentDeleted).Concat(tail.Behind(counted.Written, LogEventTypes.CommentHidden))
            .Select(entry => LogEntry.Header(entry.Entry.Headers, LogHeaders.Removes)).Distinct().Count();
        var reactions = tail.StreamReactionsBehind(counted.Written).Select(batch => (batch.Timestamp, Count: batch.Counts.Values.Sum())).ToList();
        var watching = viewers.Of(streamId);
        return new StreamMetrics(
            streamId, watching, Math.Max(watching, counted.PeakViewers),
            counted.Comments + comments.Count - deleted,
            PerMinute(counted.CommentsThisMinute + comments.Count(comment => comment.CreatedAt / MinuteMs == minute), counted.CommentsLastMinute + comments.Count(comment => comment.CreatedAt / MinuteMs == minute - 1), now),
            counted.Commenters + counted.NewCommenters,
            counted.Reactions + reactions.Sum(batch => batch.Count),
            PerMinute(
                counted.ReactionsThisMinute + reactions.Where(batch => batch.Timestamp / MinuteMs == minute).Sum(batch => batch.Count),
                counted.ReactionsLastMinute + reactions.Where(batch => batch.Timestamp / MinuteMs == minute - 1).Sum(batch => batch.Count), now),
            now);
    }

    /// <summary>Of the last 60 s: this minute's, and of the last minute's the share that is not over yet.</summary>
    public static double PerMinute(long thisMinute, long lastMinute, long now)
    {
        var left = 1 - (double)(now % MinuteMs) / MinuteMs;
        return Math.Round(thisMinute + lastMinute * left, 1);
    }

    private static async Task<Counted> CountedAsync(NpgsqlConnection connection, LogHandle log, string streamId, long minute, LogTail tail, CancellationToken cancellationToken)
    {
        var authors = tail.Comments.Select(comment => (comment.UserId, Place: PlaceOf(comment))).ToArray();
        await using var command = new NpgsqlCommand(
            $"""
            select {CommentRows.WrittenColumns(1)},
                streams.comment_count, streams.commenter_count, coalesce((select sum(count) from unnest(streams.reaction_counts) as counts (count)), 0)::bigint,
                coalesce((select viewers from stream_peaks where stream_id = $2), 0),
                coalesce(this.comments, 0), coalesce(last.comments, 0), coalesce(this.reactions, 0), coalesce(last.reactions, 0),
                (
                    select count(distinct author.user_id)
                    from unnest($5, $6, $7) as author (user_id, epoch, sequence) left join log_offsets written on written.shard = $1
                    where (author.epoch, author.sequence) > (coalesce(written.epoch, 0), coalesce(written.sequence, 0))
                        and not exists (select from stream_commenters known where known.stream_id = $2 and known.user_id = author.user_id)
                )
            from (values (true)) as always
            left join streams on streams.id = $2
            left join stream_minutes this on this.stream_id = $2 and this.minute = $3
            left join stream_minutes last on last.stream_id = $2 and last.minute = $4
            """, connection)
        {
            Parameters =
            {
                new() { Value = log.Shard }, new() { Value = streamId },
                new() { Value = DateTimeOffset.FromUnixTimeMilliseconds(minute * MinuteMs) }, new() { Value = DateTimeOffset.FromUnixTimeMilliseconds((minute - 1) * MinuteMs) },
                new() { Value = Array.ConvertAll(authors, author => author.UserId), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
                new() { Value = Array.ConvertAll(authors, author => author.Place.Epoch), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer },
                new() { Value = Array.ConvertAll(authors, author => (long)author.Place.Sequence), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint },
            },
        };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        // A stream that is so new that Postgres has not got it has no counts there.
        return new Counted(
            CommentRows.WrittenIn(row, 0), row.IsDBNull(2) ? 0 : row.GetInt64(2), row.IsDBNull(3) ? 0 : row.GetInt64(3), row.GetInt64(4), row.GetInt32(5),
            row.GetInt32(6), row.GetInt32(7), row.GetInt32(8), row.GetInt32(9), row.GetInt64(10));
    }

    private static Cursor PlaceOf(Comment comment) =>
        Cursor.TryParse(comment.Cursor, out var place) ? place : throw new InvalidDataException($"Comment {comment.Id} has no cursor.");

    private sealed record Counted(
        Cursor? Written, long Comments, long Commenters, long Reactions, int PeakViewers,
        int CommentsThisMinute, int CommentsLastMinute, int ReactionsThisMinute, int ReactionsLastMinute, long NewCommenters)
    {
        public bool IsBehind(Cursor place) => Written is not { } written || place > written;
    }
}
