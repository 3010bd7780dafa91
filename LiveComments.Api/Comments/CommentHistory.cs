using LiveComments.Api.Persistence;
using LiveComments.Api.Reactions;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Npgsql;

namespace LiveComments.Api.Comments;

/// <summary>
/// A stream's comments, page by page: the newest from memory, what the persister has not written yet straight from the
/// log, the rest from Postgres. So who posted (or deleted) sees it in the next answer, and nothing is missing between.
/// </summary>
sealed class CommentHistory(NpgsqlDataSource database, DatabaseReads reads, CurrentLog currentLog, RecentComments recent, UnwrittenDeletions deletions)
{
    // Entries of the log that one page may look at behind Postgres, beside the tail: some 25 ms. A page that would need
    // more (a few replies among very many comments) ends early, and says where it goes on.
    private const int MaxEntries = 2500;
    private const int Chunk = 250;

    /// <summary>Newest first.</summary>
    /// <param name="streamId">An existing stream.</param>
    /// <param name="before">Only what is older; null for the newest.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<CommentPage> NewestAsync(string streamId, Cursor? before, int limit, CancellationToken cancellationToken)
    {
        var log = await currentLog.WaitAsync(cancellationToken);
        // 1. The newest comments, which most readers want, need nothing but the log's word that they are.
        if (!(before is { } place && recent.IsBelow(log, streamId, place)) && (await recent.ReadAsync(log, streamId, cancellationToken)).Page(before, limit) is { } newest)
            return Page(newest, limit);
        return await reads.ReadAsync(token => StoredNewestAsync(log, streamId, before, limit, token), cancellationToken);
    }

    private async Task<CommentPage> StoredNewestAsync(LogHandle log, string streamId, Cursor? before, int limit, CancellationToken cancellationToken)
    {
        // 2. Where Postgres is. Asked first: what is written meanwhile is then found twice, and never missed.
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var written = await CommentRows.WrittenAsync(connection, log.Shard, cancellationToken);
        // 3. The tail that only the log has.
        var tail = await LogTail.ReadAsync(log, streamId, written, cancellationToken);
        var comments = tail.Visible.Where(comment => before is null || PlaceOf(comment) < before).Reverse().Take(limit).ToList();
        // 4. What lies between Postgres and the tail.
        var deleted = await DeletedAsync(streamId, tail, cancellationToken);
        foreach (var gap in tail.Gaps.Reverse())
        {
            if (comments.Count < limit && await AddBackwardsAsync(comments, gap.Log, streamId, gap.After, Upper(gap, before), limit, deleted, cancellationToken) is { } next)
                return new CommentPage(tail.WithReactions(comments, written: null), next.ToString());
        }

        comments = tail.WithReactions(comments, written: null);
        // 5. The rest from Postgres.
        if (comments.Count < limit)
        {
            var (rows, rowsWritten) = await CommentRows.PageAsync(connection, log.Shard, streamId, PlaceOfLast(comments) ?? before, limit - comments.Count, newestFirst: true, deleted.Ids, parent: null, cancellationToken);
            comments.AddRange(tail.WithReactions(rows, rowsWritten));
        }

        return Page(comments, limit);
    }

    /// <summary>Oldest first, from the stream's beginning to the log's end.</summary>
    /// <param name="streamId">An existing stream.</param>
    /// <param name="after">Only what is newer; null for the oldest.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="parent">Only replies to this comment; null for all.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public Task<CommentPage> OldestAsync(string streamId, Cursor? after, int limit, long? parent, CancellationToken cancellationToken) =>
        reads.ReadAsync(token => ReadOldestAsync(streamId, after, limit, parent, token), cancellationToken);

    private async Task<CommentPage> ReadOldestAsync(string streamId, Cursor? after, int limit, long? parent, CancellationToken cancellationToken)
    {
        var log = await currentLog.WaitAsync(cancellationToken);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var written = await CommentRows.WrittenAsync(connection, log.Shard, cancellationToken);
        var tail = await LogTail.ReadAsync(log, streamId, written, cancellationToken);
        var deleted = await DeletedAsync(streamId, tail, cancellationToken);
        var (rows, rowsWritten) = await CommentRows.PageAsync(connection, log.Shard, streamId, after, limit, newestFirst: false, deleted.Ids, parent, cancellationToken);
        var comments = tail.WithReactions(rows, rowsWritten);
        var stored = comments.Count;
        var parentId = parent is { } id ? CommentId.ToText(id) : null;
        foreach (var gap in tail.Gaps)
        {
            if (comments.Count < limit && await AddForwardsAsync(comments, gap.Log, streamId, Lower(gap, PlaceOfLast(comments) ?? after), gap.Through, limit, parentId, deleted, cancellationToken) is { } next)
                return new CommentPage(WithTail(comments), next.ToString());
        }

        if (comments.Count < limit)
        {
            var place = PlaceOfLast(comments) ?? after;
            comments.AddRange(tail.Visible
                .Where(comment => (parentId is null || comment.ParentId == parentId) && (place is null || PlaceOf(comment) > place))
                .Take(limit - comments.Count));
        }

        return Page(WithTail(comments), limit);

        // Those of Postgres have the tail's reactions already; those of the log have none.
        List<Comment> WithTail(List<Comment> all) => [.. all.Take(stored), .. tail.WithReactions(all[stored..], written: null)];
    }

    private async Task<RemovedComments> DeletedAsync(string streamId, LogTail tail, CancellationToken cancellationToken)
    {
        if (tail.Gaps.Count == 0)
            return tail.Removed;
        var deleted = await deletions.ReadAsync(streamId, tail.Gaps, cancellationToken);
        deleted.UnionWith(tail.Removed);
        return deleted;
    }

    /// <summary>Adds what the log has after <paramref name="first"/>, up to <paramref name="last"/>, newest first. Not null when there was too much to look at: where to go on.</summary>
    private static async Task<Cursor?> AddBackwardsAsync(
        List<Comment> comments, LogHandle log, string streamId, ulong first, ulong last, int limit, RemovedComments deleted, CancellationToken cancellationToken)
    {
        for (var read = 0; last > first; read += Chunk)
        {
            if (read >= MaxEntries)
                return new Cursor(log.Epoch, last + 1);
            var entries = await log.NewestAsync(streamId, last, Chunk, cancellationToken);
            foreach (var entry in entries.Reverse())
            {
                if (entry.Sequence <= first)
                    return null;
                if (Visible(entry, log.Epoch, deleted) is not { } comment)
                    continue;
                comments.Add(comment);
                if (comments.Count == limit)
                    return null;
            }

            if (entries.Count < Chunk)
                return null;
            last = entries[0].Sequence - 1;
        }

        return null;
    }

    /// <summary>Adds what the log has after <paramref name="first"/>, up to <paramref name="last"/>. Not null when there was too much to look at: where to go on.</summary>
    private static async Task<Cursor?> AddForwardsAsync(
        List<Comment> comments, LogHandle log, string streamId, ulong first, ulong last, int limit, string? parentId, RemovedComments deleted, CancellationToken cancellationToken)
    {
        for (var read = 0; first < last; read += Chunk)
        {
            if (read >= MaxEntries)
                return new Cursor(log.Epoch, first);
            var entries = await log.OldestAsync(streamId, first + 1, last, Chunk, cancellationToken);
            foreach (var entry in entries)
            {
                if (Visible(entry, log.Epoch, deleted) is not { } comment || (parentId is not null && comment.ParentId != parentId))
                    continue;
                comments.Add(comment);
                if (comments.Count == limit)
                    return null;
            }

            if (entries.Count < Chunk)
                return null;
            first = entries[^1].Sequence;
        }

        return null;
    }

    private static Comment? Visible(LogEntry entry, int epoch, RemovedComments deleted) =>
        LogTail.IsNewComment(entry) && LogTail.CommentOf(entry, epoch) is { } comment && CommentId.TryParse(comment.Id, out var id) && !deleted.Covers(id, PlaceOf(comment)) ? comment : null;

    // The last entry of the gap that may be on the page.
    private static ulong Upper(LogGap gap, Cursor? before) => before switch
    {
        { } place when place.Epoch < gap.Log.Epoch => 0,
        { } place when place.Epoch == gap.Log.Epoch && place.Sequence <= gap.Through => place.Sequence == 0 ? 0 : place.Sequence - 1,
        _ => gap.Through,
    };

    // The last entry of the gap that may not be on the page.
    private static ulong Lower(LogGap gap, Cursor? after) => after switch
    {
        { } place when place.Epoch > gap.Log.Epoch => ulong.MaxValue,
        { } place when place.Epoch == gap.Log.Epoch => Math.Max(place.Sequence, gap.After),
        _ => gap.After,
    };

    private static CommentPage Page(List<Comment> comments, int limit) =>
        new(comments, comments.Count == limit ? comments[^1].Cursor : null);

    private static Cursor? PlaceOfLast(List<Comment> comments) => comments.Count > 0 ? PlaceOf(comments[^1]) : null;

    private static Cursor PlaceOf(Comment comment) => LogTail.PlaceOf(comment);
}
