using System.Globalization;
using LiveComments.Api.Persistence;
using LiveComments.Api.Reactions;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Npgsql;

namespace LiveComments.Api.Comments;

/// <summary>
/// A stream's comments by what they stirred up: reactions of any type, and replies, each counting one. The order is
/// Postgres's, so it follows a reaction a moment later than the counts do, which include what only the log has yet.
/// </summary>
sealed class TopComments(NpgsqlDataSource database, DatabaseReads reads, CurrentLog currentLog, UnwrittenDeletions deletions)
{
    public Task<CommentPage> ReadAsync(string streamId, TopCursor? from, int limit, CancellationToken cancellationToken) =>
        reads.ReadAsync(token => ReadStoredAsync(streamId, from, limit, token), cancellationToken);

    /// <summary>The best of those that were posted within a time and stirred up anything at all; Unix milliseconds, the second excluded.</summary>
    public async Task<IReadOnlyList<Comment>> WithinAsync(string streamId, (long From, long To) within, int limit, CancellationToken cancellationToken) =>
        (await reads.ReadAsync(token => ReadStoredAsync(streamId, from: null, limit, token, within), cancellationToken)).Comments;

    private async Task<CommentPage> ReadStoredAsync(string streamId, TopCursor? from, int limit, CancellationToken cancellationToken, (long From, long To)? within = null)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var log = await currentLog.WaitAsync(cancellationToken);
        var tail = await LogTail.ReadAsync(log, streamId, await CommentRows.WrittenAsync(connection, log.Shard, cancellationToken), cancellationToken);
        var removed = tail.Removed;
        if (tail.Gaps.Count > 0)
        {
            removed = await deletions.ReadAsync(streamId, tail.Gaps, cancellationToken);
            removed.UnionWith(tail.Removed);
        }

        var (rows, written) = await CommentRows.TopAsync(connection, log.Shard, streamId, from, limit, removed.Ids, cancellationToken, within);
        var next = rows.Count == limit && Cursor.TryParse(rows[^1].Comment.Cursor, out var place) ? new TopCursor(rows[^1].Score, place).ToString() : null;
        return new CommentPage(tail.WithReactions(rows.ConvertAll(row => row.Comment), written), next);
    }
}

/// <summary>A place in the order "top": <c>&lt;score&gt;-&lt;epoch&gt;-&lt;sequence&gt;</c>.</summary>
readonly record struct TopCursor(int Score, Cursor Place)
{
    /// <summary>Before everything.</summary>
    public static TopCursor Start => new(int.MaxValue, new Cursor(int.MaxValue, ulong.MaxValue));

    public static bool TryParse(string text, out TopCursor cursor)
    {
        cursor = default;
        // 17-1-2045
        if (text.IndexOf('-') is not (> 0 and var dash)
            || !int.TryParse(text.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var score)
            || !Cursor.TryParse(text[(dash + 1)..], out var place))
            return false;
        cursor = new TopCursor(score, place);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Score}-{Place}");
}
