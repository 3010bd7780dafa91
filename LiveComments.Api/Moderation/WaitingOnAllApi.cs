using LiveComments.Api.Moderation.Reports;
using LiveComments.Api.Moderation.State;
using LiveComments.Api.Web;
using LiveComments.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LiveComments.Api.Moderation;

/// <summary><c>/api/moderation/queue</c> and <c>…/reports</c>: what waits on all streams. It is decided about at each stream's own address.</summary>
static class WaitingOnAllApi
{
    public static void MapWaitingOnAll(this RouteGroupBuilder moderation)
    {
        moderation.MapGet("/queue", Queue).WithSummary("What waits for a moderator on all streams, oldest first");
        moderation.MapPost("/queue/claim", Claim).WithSummary("Takes the oldest of all streams that nobody looks at, for two minutes");
        moderation.MapGet("/reports", Reports).WithSummary("Reported comments of all streams, those that were reported first, first");
    }

    // Where a stream has no setting of its own.
    private static QueueOf All(IReadOnlyCollection<long> except) => new(null, ModerationLimits.DefaultReportsToReview, except);

    private static async Task<Results<Ok<ReviewQueue>, ProblemHttpResult>> Queue(string? limit, string? cursor, HttpContext context, WaitingOnAll all, CancellationToken cancellationToken)
    {
        var (size, from, fault) = Paging.Read(limit, cursor);
        if (fault is not null)
            return fault;
        var read = 0;
        var (waiting, last) = await all.ReadAsync(
            async (connection, token) =>
            {
                var page = await WaitingRows.ReadAsync(connection, All([]), from, size, token);
                read = page.Waiting.Count;
                return page;
            },
            one => (one.Comment, one.IsPublished), cancellationToken);
        var next = read == size ? last?.ToString() : null;
        Paging.WriteLink(context, next);
        return TypedResults.Ok(new ReviewQueue(waiting, next));
    }

    private static async Task<Results<Ok<ReviewQueue>, ProblemHttpResult>> Claim(ClaimRequest request, HttpContext context, WaitingOnAll all, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (ReviewApi.FaultOf(request) is { } fault)
            return fault;
        var by = ReviewApi.ClaimOf(Moderating.In(context).By, clock);
        var (claimed, _) = await all.ReadAsync(
            (connection, token) => WaitingRows.ClaimAsync(connection, All(ReviewApi.IdsIn(request)), by, request.Count ?? 1, token), one => (one.Comment, one.IsPublished), cancellationToken);
        return TypedResults.Ok(new ReviewQueue(claimed));
    }

    private static async Task<Results<Ok<ReportedComments>, ProblemHttpResult>> Reports(
        string? limit, string? cursor, HttpContext context, WaitingOnAll all, ModerationState state, CancellationToken cancellationToken)
    {
        var (size, from, fault) = Paging.Read(limit, cursor);
        if (fault is not null)
            return fault;
        var read = 0;
        var (reported, last) = await all.ReadAsync(
            async (connection, token) =>
            {
                var page = await ReportRows.OfAllAsync(connection, id => ReportsApi.ThresholdOf(state.SettingsOf(id)), from, size, token);
                read = page.Comments.Count;
                return page;
            },
            one => (one.Comment, IsPublished: true), cancellationToken);
        var next = read == size ? last?.ToString() : null;
        Paging.WriteLink(context, next);
        return TypedResults.Ok(new ReportedComments(reported, next));
    }
}
