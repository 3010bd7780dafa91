using LiveComments.Api.Comments;
using LiveComments.Api.Moderation.Reputation;
using LiveComments.Api.Moderation.Rules;
using LiveComments.Api.Moderation.Scores;
using LiveComments.Api.Moderation.State;
using LiveComments.Api.Persistence;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Npgsql;

namespace LiveComments.Api.Moderation.Trial;

/// <summary>
/// Tries rules on what was said on a stream, piece by piece. It writes nothing, and whoever posts meanwhile hardly notices: one piece at a
/// time in a process, and of that time half is left to others.
/// </summary>
/// <remarks>
/// 1. What was said within the minute before the piece is heard, so that repetitions are noticed across pieces.
/// 2. Comments are read page by page, and looked at in slices, with a pause after each.
/// 3. The piece ends when the past does, or enough was looked at, or its time is over.
/// </remarks>
sealed class DryRuns(
    NpgsqlDataSource database, DatabaseReads reads, CurrentLog currentLog, UnwrittenDeletions deletions, ModerationState state, CommentModeration moderation, Reputations reputations,
    CommentScorer scorer, TimeProvider clock) : IDisposable
{
    /// <summary>How long one waits for one's turn.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // One piece: so soon somebody who watches sees that it goes on.
    private static readonly TimeSpan MaxDuration = TimeSpan.FromSeconds(1);
    private const int MaxExamined = 10_000;

    // Some milliseconds of reading.
    private const int PageSize = 1_000;

    // A post that comes meanwhile waits for no longer than a slice, even on one core.
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(5);

    // As many as the memory of a stream that is busy; more than a minute back nothing is remembered.
    private const int MaxHeard = 500;
    private const long HeardMs = 60_000;

    // Comments lie in the log's order, and their times a little out of it.
    private const long OutOfOrderMs = 60_000;

    private readonly SemaphoreSlim _turn = new(1, 1);

    public void Dispose() => _turn.Dispose();

    /// <summary>Null when others have their turn for longer than one waits.</summary>
    public async Task<(DryRun? Run, string? Fault)?> TryAsync(LiveStream stream, DryRunRequest request, Cursor? from, int limit, CancellationToken cancellationToken)
    {
        if (!await _turn.WaitAsync(Patience, cancellationToken))
            return null;
        try
        {
            var (draft, fault) = RuleSet.Compile(request.Rules!);
            return draft is null ? (null, fault) : (await RunAsync(stream, request, draft, from, limit, cancellationToken), null);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<DryRun> RunAsync(LiveStream stream, DryRunRequest request, RuleSet draft, Cursor? from, int limit, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        var (first, last) = (request.From ?? stream.StartedAt, request.To ?? stream.EndedAt ?? clock.GetUtcNow().ToUnixTimeMilliseconds());
        var trial = new RulesTrial(
            state.RuleSetOf(null), state.RuleSetOf(stream.Id), draft, scorer, reputations.Of,
            past => moderation.MayModerate(stream, new User(past.Comment.UserId, past.Comment.Username, past.Comment.Username, null, past.AuthorRole)));
        var piece = new DryRunPiece(trial, limit);
        // 1.
        var (place, isOver, heard, removed) = await reads.ReadAsync(token => BeginAsync(stream.Id, from, request.From, token), cancellationToken);
        foreach (var past in heard)
            trial.Hear(past);
        // 2.
        var sliceBegan = clock.GetTimestamp();
        while (!isOver && piece.LookedAt < MaxExamined && clock.GetElapsedTime(began) < MaxDuration)
        {
            var page = await reads.ReadAsync(token => PageAsync(stream.Id, place, token), cancellationToken);
            isOver = page.Count < PageSize;
            foreach (var past in page)
            {
                if (request.To is not null && past.Comment.CreatedAt >= last + OutOfOrderMs)
                {
                    isOver = true;
                    break;
                }

                // 3. In the middle of a page, too: what costs much to look at is no reason to take longer.
                if (clock.GetElapsedTime(began) >= MaxDuration && piece.LookedAt > 0)
                {
                    isOver = false;
                    break;
                }

                place = past.Place;
                if (past.Comment.CreatedAt < first)
                    trial.Hear(past);
                else if (request.To is null || past.Comment.CreatedAt < last)
                    piece.Look(past, past.IsRemoved || (CommentId.TryParse(past.Comment.Id, out var id) && removed.Covers(id, past.Place)));
                if (clock.GetElapsedTime(sliceBegan) < Slice)
                    continue;
                await Task.Delay(Slice, clock, cancellationToken);
                sliceBegan = clock.GetTimestamp();
            }
        }

        var progress = isOver ? 1 : Math.Clamp((double)((piece.Through ?? first) - first) / Math.Max(1, last - first), 0, 0.999);
        return piece.End(Math.Round(progress, 3), isOver ? null : place);
    }

    private async Task<(Cursor? Place, bool IsNothing, List<PastComment> Heard, RemovedComments Removed)> BeginAsync(string streamId, Cursor? cursor, long? from, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var log = await currentLog.WaitAsync(cancellationToken);
        // What Postgres does not know to be gone yet.
        var tail = await LogTail.ReadAsync(log, streamId, await CommentRows.WrittenAsync(connection, log.Shard, cancellationToken), cancellationToken);
        var removed = tail.Removed;
        if (tail.Gaps.Count > 0)
        {
            removed = await deletions.ReadAsync(streamId, tail.Gaps, cancellationToken);
            removed.UnionWith(tail.Removed);
        }

        if (cursor is null)
        {
            var (place, isNothing) = from is { } at ? await PastComments.BeginAsync(connection, streamId, Math.Max(0, at - HeardMs - OutOfOrderMs), cancellationToken) : (null, false);
            return (place, isNothing, [], removed);
        }

        var before = await PastComments.ReadAsync(connection, streamId, cursor, MaxHeard, backwards: true, cancellationToken);
        return (cursor, false, before.FindAll(past => past.Comment.CreatedAt >= before[^1].Comment.CreatedAt - HeardMs), removed);
    }

    private async Task<List<PastComment>> PageAsync(string streamId, Cursor? place, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await PastComments.ReadAsync(connection, streamId, place, PageSize, backwards: false, cancellationToken);
    }
}
