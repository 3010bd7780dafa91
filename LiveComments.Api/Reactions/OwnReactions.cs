using System.Security.Claims;
using LiveComments.Api.Admission;
using LiveComments.Api.Comments;
using LiveComments.Api.Streams;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Auth;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace LiveComments.Api.Reactions;

/// <summary>What the requests have in common that change one's own reaction to a comment: who may, how often, and how it is answered.</summary>
sealed class OwnReactions(StreamDirectory streams, ReactionLimits limits, CommentReacting reacting, ReactionMetrics metrics, IOptionsMonitor<AdmissionOptions> options)
{
    private const string Limit = "comment-reactions";

    public async Task<Results<Ok<CommentReactionState>, ProblemHttpResult, UnauthorizedHttpResult>> ChangeAsync(
        string streamId, string commentId, string? type, ReactionWish wish, string? key, ClaimsPrincipal principal, HttpResponse response, CancellationToken cancellationToken)
    {
        if (principal.ToUser() is not { } user)
            return TypedResults.Unauthorized();
        if (!ReactionTypes.IsValid(type))
            return StreamReactionsApi.UnknownType();
        if (await streams.FindAsync(streamId, cancellationToken) is not { } stream)
            return StreamsApi.NotFound(streamId);
        if (!CommentId.TryParse(commentId, out var id))
            return OneCommentApi.NotFound(streamId);
        // What one said can be taken back at any time; nothing is added to what has ended.
        if (stream.Status != StreamStatus.Live && wish != ReactionWish.TakenBack)
            return StreamReactionsApi.Ended(streamId);

        var quota = await limits.TakeAsync(Limit, streamId, user.Id, options.CurrentValue.CommentReactionsPerStream, cancellationToken);
        RateLimitHeaders.Write(response, quota);
        if (quota.Remaining < 0)
        {
            return Problem.Of(
                StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited,
                $"At most {quota.Limit} reactions to comments in {quota.Window.TotalSeconds:0} s; the next is free in {Math.Ceiling(quota.Reset.TotalSeconds):0} s.", retryable: true);
        }

        switch (await reacting.ReactAsync(streamId, id, user, type!, wish, key, cancellationToken))
        {
            case ReactResult.Done(var state):
                metrics.Posted(type!);
                return TypedResults.Ok(state);
            case ReactResult.NotFound:
                return OneCommentApi.NotFound(streamId);
            default:
                response.Headers.RetryAfter = "1";
                return Problem.Of(
                    StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable,
                    "The log does not answer; try again. A toggle needs an Idempotency-Key for that, lest it be toggled twice.", retryable: true);
        }
    }
}
