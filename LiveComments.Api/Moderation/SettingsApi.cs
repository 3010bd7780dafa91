using LiveComments.Api.Moderation.Acts;
using LiveComments.Api.Moderation.Rules;
using LiveComments.Api.Moderation.State;
using LiveComments.Api.Streams;
using LiveComments.Api.Users;
using LiveComments.Api.Web;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;

namespace LiveComments.Api.Moderation;

/// <summary><c>/api/streams/{id}/settings</c>, <c>…/moderation/rules</c> and <c>…/moderation/moderators</c>.</summary>
static class SettingsApi
{
    public static void MapSettings(this WebApplication app)
    {
        var settings = app.MapGroup("/api/streams/{streamId}/settings").RequireValidStreamId();
        settings.MapGet("/", GetSettings).RequireReader(app).WithEntityTag();
        settings.MapPut("/", PutSettings).RequireAuthorization().RequireModerator().WithSummary("Slow mode, comments off, emoji only, shield");

        var moderators = app.MapGroup("/api/streams/{streamId}/moderation/moderators").RequireValidStreamId().RequireAuthorization();
        moderators.MapGet("/", GetModerators).RequireModerator();
        moderators.MapPut("/{userId}", AddModerator).RequireBroadcaster();
        moderators.MapDelete("/{userId}", RemoveModerator).RequireBroadcaster();
    }

    public static void MapRules(this RouteGroupBuilder moderation)
    {
        moderation.MapGet("/rules", GetRules);
        moderation.MapPut("/rules", PutRules).WithSummary("Takes the place of all rules there were")
            .WithDescription("Words, patterns, links, repetitions and floods; in force with the answer.")
            .WithMetadata(new RulesBody());
    }

    private static async Task<Results<Ok<StreamSettings>, ProblemHttpResult>> GetSettings(string streamId, StreamDirectory streams, ModerationState state, CancellationToken cancellationToken) =>
        await streams.FindAsync(streamId, cancellationToken) is null ? StreamsApi.NotFound(streamId) : TypedResults.Ok(state.SettingsOf(streamId));

    private static async Task<Results<Ok<StreamSettings>, ProblemHttpResult>> PutSettings(
        string streamId, StreamSettings settings, HttpContext context, ModerationState state, ModerationActs acts, CancellationToken cancellationToken)
    {
        if (ModerationInput.FaultOf(settings) is { } fault)
            return fault;
        var before = state.SettingsOf(streamId);
        if (before == settings)
            return TypedResults.Ok(settings);
        var moderating = Moderating.In(context);
        var act = acts.New(streamId, ModerationActKinds.ChangeSettings, moderating.By, null) with { Before = before, After = settings };
        return await acts.PerformAsync(act, cancellationToken) is ActResult.Done ? TypedResults.Ok(settings) : ModerationInput.Unavailable(context.Response);
    }

    private static Ok<ModerationRules> GetRules(HttpContext context, ModerationState state) => TypedResults.Ok(state.RulesOf(Moderating.In(context).StreamId) ?? new ModerationRules());

    private static async Task<Results<Ok<ModerationRules>, ProblemHttpResult>> PutRules(ModerationRules rules, HttpContext context, ModerationActs acts, CancellationToken cancellationToken)
    {
        if (RuleSet.Compile(rules).Fault is { } fault)
            return ModerationInput.FaultOfRules(fault, "Nothing was changed");
        var moderating = Moderating.In(context);
        var act = acts.New(moderating.StreamId, ModerationActKinds.ChangeRules, moderating.By, null) with { Rules = rules };
        return await acts.PerformAsync(act, cancellationToken) is ActResult.Done ? TypedResults.Ok(rules) : ModerationInput.Unavailable(context.Response);
    }

    private static async Task<Ok<ModeratorList>> GetModerators(string streamId, ModerationState state, UserNames names, CancellationToken cancellationToken)
    {
        var moderators = state.ModeratorsOf(streamId);
        return TypedResults.Ok(new ModeratorList(moderators, await names.OfAsync(moderators, cancellationToken)));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> AddModerator(
        string streamId, string userId, HttpContext context, ModerationState state, ModerationActs acts, CancellationToken cancellationToken)
    {
        if (ModerationInput.FaultOfUserId(userId) is { } fault)
            return fault;
        if (state.IsModerator(streamId, userId))
            return TypedResults.NoContent();
        return state.ModeratorsOf(streamId).Count >= ModerationLimits.MaxModerators
            ? ModerationInput.Invalid($"A stream has at most {ModerationLimits.MaxModerators} moderators of its own.")
            : await ChangeAsync(streamId, userId, ModerationActKinds.AddModerator, context, acts, cancellationToken);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveModerator(
        string streamId, string userId, HttpContext context, ModerationState state, ModerationActs acts, CancellationToken cancellationToken)
    {
        if (ModerationInput.FaultOfUserId(userId) is { } fault)
            return fault;
        return state.IsModerator(streamId, userId)
            ? await ChangeAsync(streamId, userId, ModerationActKinds.RemoveModerator, context, acts, cancellationToken)
            : TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ChangeAsync(
        string streamId, string userId, string kind, HttpContext context, ModerationActs acts, CancellationToken cancellationToken)
    {
        var act = acts.New(streamId, kind, Moderating.In(context).By, null) with { UserId = userId };
        return await acts.PerformAsync(act, cancellationToken) is ActResult.Done ? TypedResults.NoContent() : ModerationInput.Unavailable(context.Response);
    }
}

/// <summary>A body with rules in it: the one kind that may be larger.</summary>
sealed class RulesBody : IRequestSizeLimitMetadata
{
    public long? MaxRequestBodySize => Limits.MaxRulesBodyBytes;
}
