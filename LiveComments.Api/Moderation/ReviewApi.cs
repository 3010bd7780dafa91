using System.Globalization;
using System.Security.Claims;
using LiveComments.Api.Comments;
using LiveComments.Api.Moderation.Acts;
using LiveComments.Api.Moderation.Reports;
using LiveComments.Api.Moderation.State;
using LiveComments.Api.Persistence;
using LiveComments.Api.Streams;
using LiveComments.Api.Web;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Auth;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.HttpResults;
using NATS.Client.Core;
using Npgsql;

namespace LiveComments.Api.Moderation;

/// <summary><c>…/moderation/queue</c>: what waits for a moderator; <c>…/moderation/comments</c>: what moderators take away; <c>…/comments/held</c>: one's own.</summary>
static class ReviewApi
{
    // Who claims comments and goes away holds them up no longer than this.
    public static readonly TimeSpan ClaimDuration = TimeSpan.FromMinutes(2);

    // A comment that others hide and bring back while it is deleted; then the moderator is asked to try again.
    private const int MaxAttempts = 3;

    // Of one user on one stream, the newest.
    private const int MaxOwn = 50;

    public static void MapReview(this WebApplication app)
    {
        var moderation = app.MapGroup("/api/streams/{streamId}/moderation").RequireValidStreamId().RequireAuthorization().RequireModerator();
        moderation.MapGet("/queue", Queue).WithSummary("What waits for a moderator, oldest first");
        moderation.MapPost("/queue/claim", Claim).WithSummary("Takes the oldest that nobody looks at, for two minutes");
        moderation.MapPost("/queue/{commentId}/release", Release).WithSummary("Gives back what one has claimed");
        moderation.MapPost("/queue/{commentId}/approve", Approve).WithSummary("Posts a held comment, now");
        moderation.MapPost("/queue/{commentId}/reject", Reject).WithSummary("Refuses a held comment; its author is told");
        moderation.MapPost("/comments/{commentId}/delete", Delete).WithSummary("Takes a comment away, for everybody and for good");

        app.MapGet("/api/streams/{streamId}/comments/held", Own).RequireValidStreamId().RequireAuthorization().WithSummary("What became of one's own comments that were held");
    }

    private static async Task<Results<Ok<ReviewQueue>, ProblemHttpResult>> Queue(
        string streamId, string? limit, NpgsqlDataSource database, LatelyRemoved removed, ReviewTail tail, ModerationState state, CancellationToken cancellationToken) =>
        Paging.TryReadLimit(limit, out var size)
            ? TypedResults.Ok(await WaitingAsync(
                streamId, database, removed, tail, state, (connection, queue, token) => WaitingRows.ReadAsync(connection, queue, after: null, size, token), [], cancellationToken))
            : Paging.LimitFault();

    private static async Task<Results<Ok<ReviewQueue>, ProblemHttpResult>> Claim(
        string streamId, ClaimRequest request, HttpContext context, NpgsqlDataSource database, LatelyRemoved removed, ReviewTail tail, ModerationState state, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        if (FaultOf(request) is { } fault)
            return fault;
        var by = ClaimOf(Moderating.In(context).By, clock);
        return TypedResults.Ok(await WaitingAsync(
            streamId, database, removed, tail, state, (connection, queue, token) => WaitingRows.ClaimAsync(connection, queue, by, request.Count ?? 1, token), IdsIn(request), cancellationToken));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Release(
        string streamId, string commentId, HttpContext context, NpgsqlDataSource database, DatabaseReads reads, CancellationToken cancellationToken)
    {
        var by = Moderating.In(context).By.Id;
        var waits = CommentId.TryParse(commentId, out var id) && await reads.ReadAsync(
            async token =>
            {
                await using var connection = await database.OpenConnectionAsync(token);
                return await WaitingRows.ReleaseAsync(connection, streamId, id, by, token);
            },
            cancellationToken);
        return waits ? TypedResults.NoContent() : OneCommentApi.NotFound(streamId);
    }

    /// <summary>Null when it is fine.</summary>
    public static ProblemHttpResult? FaultOf(ClaimRequest request)
    {
        if (request.Count is < 1 or > ModerationLimits.MaxClaims)
            return ModerationInput.Invalid(string.Create(CultureInfo.InvariantCulture, $"'count' must be 1 to {ModerationLimits.MaxClaims}."));
        return request.Except?.Count > ModerationLimits.MaxLeft || request.Except?.Any(id => !CommentId.TryParse(id, out _)) == true
            ? ModerationInput.Invalid(string.Create(CultureInfo.InvariantCulture, $"'except' must be ids of comments, at most {ModerationLimits.MaxLeft}."))
            : null;
    }

    public static ClaimBy ClaimOf(User moderator, TimeProvider clock) => new(moderator.Id, moderator.DisplayName, clock.GetUtcNow(), clock.GetUtcNow() + ClaimDuration);

    /// <summary>What the request leaves to others.</summary>
    public static long[] IdsIn(ClaimRequest request) => [.. (request.Except ?? []).Select(text => CommentId.TryParse(text, out var id) ? id : 0)];

    // Nobody is shown what was taken away or decided a moment ago, though Postgres may not know of it yet.
    private static async Task<ReviewQueue> WaitingAsync(
        string streamId, NpgsqlDataSource database, LatelyRemoved removed, ReviewTail tail, ModerationState state,
        Func<NpgsqlConnection, QueueOf, CancellationToken, Task<(List<QueuedComment> Waiting, Cursor? Last)>> read, IReadOnlyCollection<long> except, CancellationToken cancellationToken)
    {
        var (found, decided) = await tail.ReadAsync(
            streamId,
            async token =>
            {
                await using var connection = await database.OpenConnectionAsync(token);
                var gone = await removed.ReadAsync(connection, streamId, token);
                return await read(connection, new QueueOf(streamId, ReportsApi.ThresholdOf(state.SettingsOf(streamId)), [.. gone, .. except]), token);
            },
            cancellationToken);
        return new ReviewQueue(decided.Count == 0 ? found.Waiting : [.. found.Waiting.Where(waiting => !decided.ContainsKey(waiting.Comment.Id))]);
    }

    private static Task<Results<Ok<Comment>, ProblemHttpResult>> Approve(
        string streamId, string commentId, ModerationReason reason, HttpContext context, NpgsqlDataSource database, DatabaseReads reads, ModerationActs acts, CancellationToken cancellationToken) =>
        DecideAsync(ModerationActKinds.ApproveComment, streamId, commentId, reason, context, database, reads, acts, cancellationToken);

    private static Task<Results<Ok<Comment>, ProblemHttpResult>> Reject(
        string streamId, string commentId, ModerationReason reason, HttpContext context, NpgsqlDataSource database, DatabaseReads reads, ModerationActs acts, CancellationToken cancellationToken) =>
        DecideAsync(ModerationActKinds.RejectComment, streamId, commentId, reason, context, database, reads, acts, cancellationToken);

    private static async Task<Results<Ok<Comment>, ProblemHttpResult>> DecideAsync(
        string kind, string streamId, string commentId, ModerationReason reason, HttpContext context, NpgsqlDataSource database, DatabaseReads reads, ModerationActs acts, CancellationToken cancellationToken)
    {
        if (ModerationInput.FaultOfReason(reason.Reason) is { } fault)
            return fault;
        // What was dropped waits for nobody.
        if (!CommentId.TryParse(commentId, out var id)
            || await reads.ReadAsync(token => ModerationRows.FindHeldAsync(database, streamId, id, token), cancellationToken) is not { } held || held.Status == HeldHeaders.Dropped)
            return OneCommentApi.NotFound(streamId);
        var wanted = kind == ModerationActKinds.ApproveComment ? HeldStatus.Approved : HeldStatus.Rejected;
        if (held.Status == wanted)
            return TypedResults.Ok(held.Comment);
        if (held.Status != HeldStatus.Held)
            return Decided(held.Status);

        var headers = new NatsHeaders();
        foreach (var (name, value) in held.Headers)
            headers[name] = value;
        var moderating = Moderating.In(context);
        var act = acts.New(streamId, kind, moderating.By, reason.Reason) with { Comment = held.Comment };
        // One decision, whichever it is: of two moderators who decide at once the log tells who was first.
        return await acts.PerformAsync(act, cancellationToken, once: $"review {commentId}", headers) switch
        {
            ActResult.Done(var done) when done.Kind == kind =>
                TypedResults.Ok(kind == ModerationActKinds.ApproveComment ? ModerationEffects.Approved(held.Comment, done.At) : held.Comment),
            ActResult.Done => Decided(wanted == HeldStatus.Approved ? HeldStatus.Rejected : HeldStatus.Approved),
            _ => ModerationInput.Unavailable(context.Response),
        };
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        string streamId, string commentId, ModerationReason reason, HttpContext context, CommentFinder finder, KnownComments known, ModerationActs acts, CancellationToken cancellationToken)
    {
        if (ModerationInput.FaultOfReason(reason.Reason) is { } fault)
            return fault;
        if (!CommentId.TryParse(commentId, out var id))
            return OneCommentApi.NotFound(streamId);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await finder.FindAsync(streamId, id, cancellationToken) is not { } found)
                return OneCommentApi.NotFound(streamId);
            if (found is { IsDeleted: true, IsHidden: false })
                return TypedResults.NoContent();
            var act = acts.New(streamId, ModerationActKinds.DeleteComment, Moderating.In(context).By, reason.Reason) with { Comment = found.Comment };
            // Hiding it has cost its author already.
            if (found.IsHidden)
                act = act with { Moves = [] };
            switch (await acts.PerformAsync(act, cancellationToken, once: found.IsHidden ? HidingApi.DecisionOf(found.Comment) : $"delete {commentId}"))
            {
                // It came back meanwhile, and is deleted from there.
                case ActResult.Done { Act.Kind: ModerationActKinds.UnhideComment }:
                    continue;
                case ActResult.Done:
                    known.Forget(streamId, id);
                    return TypedResults.NoContent();
                default:
                    return ModerationInput.Unavailable(context.Response);
            }
        }

        return ModerationInput.Unavailable(context.Response);
    }

    private static async Task<Results<Ok<HeldComments>, ProblemHttpResult, UnauthorizedHttpResult>> Own(
        string streamId, ClaimsPrincipal principal, StreamDirectory streams, NpgsqlDataSource database, ReviewTail tail, CancellationToken cancellationToken)
    {
        if (principal.ToUser() is not { } user)
            return TypedResults.Unauthorized();
        if (await streams.FindAsync(streamId, cancellationToken) is null)
            return StreamsApi.NotFound(streamId);
        var (own, decided) = await tail.ReadAsync(streamId, token => ModerationRows.OfUserAsync(database, streamId, user.Id, MaxOwn, token), cancellationToken);
        return TypedResults.Ok(new HeldComments([.. own.Comments.Select(held => held.Status == HeldStatus.Held && decided.GetValueOrDefault(held.Comment.Id) is { } act ? Decided(held, act) : held)]));
    }

    private static HeldComment Decided(HeldComment held, ModerationAct act) =>
        new(held.Comment with { Status = null }, act.Kind == ModerationActKinds.ApproveComment ? HeldStatus.Approved : HeldStatus.Rejected, act.Reason);

    private static ProblemHttpResult Decided(string status) =>
        Problem.Of(StatusCodes.Status409Conflict, ErrorCodes.ReviewDecided, $"Another moderator was first: the comment is {status}.");
}
