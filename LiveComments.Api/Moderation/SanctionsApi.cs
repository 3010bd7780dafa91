using System.Globalization;
using LiveComments.Api.Moderation.Acts;
using LiveComments.Api.Moderation.State;
using LiveComments.Api.Users;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LiveComments.Api.Moderation;

/// <summary><c>…/moderation/sanctions</c>: bans, mutes and shadow mutes, on one stream or on all.</summary>
static class SanctionsApi
{
    // Of one answer; a stream with more has other worries.
    private const int MaxListed = 1000;

    public static void MapSanctions(this RouteGroupBuilder moderation)
    {
        var sanctions = moderation.MapGroup("/sanctions");
        sanctions.MapGet("/", List).WithSummary("What holds against users, newest first");
        sanctions.MapPut("/{kind}/{userId}", Impose).WithSummary("Bans or mutes a user, or changes for how long");
        sanctions.MapDelete("/{kind}/{userId}", Lift).WithSummary("Takes a sanction back");
    }

    private static async Task<Ok<SanctionList>> List(HttpContext context, ModerationState state, UserNames names, CancellationToken cancellationToken)
    {
        var sanctions = state.Sanctions(Moderating.In(context).StreamId, MaxListed);
        var known = await names.OfAsync(sanctions.Select(sanction => sanction.UserId), cancellationToken);
        return TypedResults.Ok(new SanctionList([.. sanctions.Select(sanction => sanction with { Name = known.GetValueOrDefault(sanction.UserId) })]));
    }

    private static async Task<Results<Ok<Sanction>, ProblemHttpResult>> Impose(
        string kind, string userId, SanctionRequest request, HttpContext context, ModerationState state, ModerationActs acts, TimeProvider clock, CancellationToken cancellationToken)
    {
        var moderating = Moderating.In(context);
        if (Kinds(kind) is not var (impose, _))
            return NoSuchKind();
        if ((ModerationInput.FaultOfUserId(userId) ?? ModerationInput.FaultOfReason(request.Reason)) is { } fault)
            return fault;
        if (request.DurationSeconds is < 1 or > ModerationLimits.MaxSanctionSeconds)
            return ModerationInput.Invalid(string.Create(CultureInfo.InvariantCulture, $"'durationSeconds' must be 1 to {ModerationLimits.MaxSanctionSeconds}; leave it out for a sanction without an end."));
        if (userId == moderating.By.Id || userId == moderating.Stream?.CreatorId)
            return Problem.Of(StatusCodes.Status403Forbidden, ErrorCodes.Forbidden, "Neither the broadcaster nor you yourself can be sanctioned.");

        // The same once more, without an end that would move: nothing to do.
        if (request.DurationSeconds is null && state.Find(moderating.StreamId, kind, userId) is { Until: null } same && same.Reason == request.Reason)
            return TypedResults.Ok(same);
        var act = acts.New(moderating.StreamId, impose, moderating.By, request.Reason) with { UserId = userId };
        if (request.DurationSeconds is { } seconds)
            act = act with { Until = clock.GetUtcNow().AddSeconds(seconds).ToUnixTimeMilliseconds() };
        return await acts.PerformAsync(act, cancellationToken) is ActResult.Done(var done)
            ? TypedResults.Ok(new Sanction(done.StreamId, userId, kind, done.Reason, done.Until, done.ById, done.ByName, done.At))
            : ModerationInput.Unavailable(context.Response);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Lift(
        string kind, string userId, HttpContext context, ModerationState state, ModerationActs acts, CancellationToken cancellationToken)
    {
        var moderating = Moderating.In(context);
        if (Kinds(kind) is not var (_, lift))
            return NoSuchKind();
        if (ModerationInput.FaultOfUserId(userId) is { } fault)
            return fault;
        // Lifted, or over, since: that is what was asked for.
        if (state.Find(moderating.StreamId, kind, userId) is null)
            return TypedResults.NoContent();
        var act = acts.New(moderating.StreamId, lift, moderating.By, null) with { UserId = userId };
        return await acts.PerformAsync(act, cancellationToken) is ActResult.Done ? TypedResults.NoContent() : ModerationInput.Unavailable(context.Response);
    }

    private static (string Impose, string Lift)? Kinds(string kind) => kind switch
    {
        SanctionKinds.Ban => (ModerationActKinds.Ban, ModerationActKinds.LiftBan),
        SanctionKinds.Mute => (ModerationActKinds.Mute, ModerationActKinds.LiftMute),
        SanctionKinds.ShadowMute => (ModerationActKinds.ShadowMute, ModerationActKinds.LiftShadowMute),
        _ => null,
    };

    private static ProblemHttpResult NoSuchKind() =>
        Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.NotFound, $"There is {SanctionKinds.Ban}, {SanctionKinds.Mute} and {SanctionKinds.ShadowMute}.");
}
