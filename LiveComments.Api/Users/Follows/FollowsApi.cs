using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using LiveComments.Api.Admission;
using LiveComments.Api.Log;
using LiveComments.Api.Moderation;
using LiveComments.Api.Reactions;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Auth;
using LiveComments.ServiceDefaults.Connections;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using NATS.Client.Core;
using StackExchange.Redis;

namespace LiveComments.Api.Users.Follows;

/// <summary><c>/api/users/{id}/follow</c> and <c>/api/users/me/follows</c>.</summary>
static class FollowsApi
{
    // A name for its window and for telemetry; it counts over all broadcasters.
    private const string Limit = "follow-changes";
    private const string OfAll = "";

    public static void AddFollows(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<FollowMemory>();

    public static void MapFollows(this WebApplication app)
    {
        var users = app.MapGroup("/api/users").RequireAuthorization();
        users.MapPut("/{userId}/follow", Begin).WithSummary("Follows a broadcaster")
            .WithDescription("However often: one has followed since the first time.");
        users.MapDelete("/{userId}/follow", End).WithSummary("Ceases to follow a broadcaster");
        users.MapGet("/me/follows", Own).WithSummary("Whom one follows, the latest first");
    }

    private static Task<Results<NoContent, ProblemHttpResult, UnauthorizedHttpResult>> Begin(
        string userId, ClaimsPrincipal principal, HttpResponse response, FollowMemory memory, ReactionLimits limits, IOptionsMonitor<AdmissionOptions> options, LogAppender log, TimeProvider clock,
        CancellationToken cancellationToken) => ChangeAsync(userId, isFollowing: true, principal, response, memory, limits, options, log, clock, cancellationToken);

    private static Task<Results<NoContent, ProblemHttpResult, UnauthorizedHttpResult>> End(
        string userId, ClaimsPrincipal principal, HttpResponse response, FollowMemory memory, ReactionLimits limits, IOptionsMonitor<AdmissionOptions> options, LogAppender log, TimeProvider clock,
        CancellationToken cancellationToken) => ChangeAsync(userId, isFollowing: false, principal, response, memory, limits, options, log, clock, cancellationToken);

    private static async Task<Results<NoContent, ProblemHttpResult, UnauthorizedHttpResult>> ChangeAsync(
        string creatorId, bool isFollowing, ClaimsPrincipal principal, HttpResponse response, FollowMemory memory, ReactionLimits limits, IOptionsMonitor<AdmissionOptions> options,
        LogAppender log, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (principal.ToUser() is not { } user)
            return TypedResults.Unauthorized();
        if (ModerationInput.FaultOfUserId(creatorId) is { } fault)
            return fault;
        if (creatorId == user.Id)
            return ModerationInput.Invalid("Nobody follows themselves.");
        var quota = await limits.TakeAsync(Limit, OfAll, user.Id, options.CurrentValue.Follows, cancellationToken);
        RateLimitHeaders.Write(response, quota);
        if (quota.Remaining < 0)
        {
            return Problem.Of(
                StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited,
                $"At most {quota.Limit} changes in {quota.Window.TotalSeconds:0} s; the next is free in {Math.Ceiling(quota.Reset.TotalSeconds):0} s.", retryable: true);
        }

        try
        {
            // 1. Where posts look must be ready for the change.
            var isAlready = (await memory.BeforeChangeAsync(user.Id, creatorId, cancellationToken)).Since is not null;
            if (isAlready == isFollowing)
                return TypedResults.NoContent();
            if (isFollowing && (await memory.AllAsync(user.Id, cancellationToken)).Count >= ModerationLimits.MaxFollows)
                return ModerationInput.Invalid(string.Create(CultureInfo.InvariantCulture, $"One follows at most {ModerationLimits.MaxFollows}; cease to follow somebody first."));
            // 2. The log has it, for ever.
            var change = new FollowChange(user.Id, creatorId, isFollowing, clock.GetUtcNow().ToUnixTimeMilliseconds());
            var body = JsonSerializer.SerializeToUtf8Bytes(change, ContractsJson.Wire.FollowChange);
            var messageId = MessageId.Of(LogEventTypes.UserFollowed, user.Id, creatorId, isFollowing ? "1" : "0", change.At.ToString(CultureInfo.InvariantCulture));
            if (await log.ModerateAsync(null, LogEventTypes.UserFollowed, body, messageId, new NatsHeaders(), cancellationToken) is not (AppendResult.Stored or AppendResult.Duplicate))
                return ModerationInput.Unavailable(response);
            // 3. The next post finds it.
            await memory.ChangeAsync(change, cancellationToken);
            return TypedResults.NoContent();
        }
        catch (Exception exception) when (RedisFailures.IsAway(exception))
        {
            response.Headers.RetryAfter = "1";
            return Problem.Of(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, "Follows can't be changed now; try again in a moment.", retryable: true);
        }
    }

    private static async Task<Results<Ok<FollowList>, UnauthorizedHttpResult>> Own(ClaimsPrincipal principal, FollowMemory memory, CancellationToken cancellationToken) =>
        principal.ToUser() is { } user ? TypedResults.Ok(new FollowList(await memory.AllAsync(user.Id, cancellationToken))) : TypedResults.Unauthorized();
}
