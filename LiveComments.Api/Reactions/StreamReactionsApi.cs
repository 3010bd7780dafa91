using System.Security.Claims;
using LiveComments.Api.Admission;
using LiveComments.Api.Moderation;
using LiveComments.Api.Streams;
using LiveComments.Api.Web;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Auth;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace LiveComments.Api.Reactions;

/// <summary><c>/api/streams/{id}/reactions</c>: taps, of which a viewer sends many.</summary>
static class StreamReactionsApi
{
    private const string Limit = "reactions";

    public static void AddReactions(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ReactionLimits>();
        builder.Services.AddSingleton<ReactionMetrics>();
        builder.Services.AddSingleton<StreamReacting>();
        builder.Services.AddHostedService(services => services.GetRequiredService<StreamReacting>());
        builder.Services.AddSingleton<StreamReactionTotals>();
        builder.Services.AddSingleton<CommentReacting>();
        builder.Services.AddSingleton<OwnReactions>();
    }

    public static void MapStreamReactions(this WebApplication app)
    {
        var reactions = app.MapGroup("/api/streams/{streamId}/reactions").RequireValidStreamId();

        reactions.MapPost("/", React).RequireAuthorization().RefuseBanned()
            .WithSummary("React to a stream")
            .WithDescription("Counted within half a second, together with everybody else's. Beyond the limit the answer is the same, and nothing is counted.");
        reactions.MapGet("/", GetTotals).RequireReader(app).WithEntityTag()
            .WithSummary("All reactions that a stream ever got");
    }

    public static ProblemHttpResult UnknownType() =>
        Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.ReactionInvalid, $"A reaction is one of {string.Join(", ", ReactionTypes.All)}.");

    public static ProblemHttpResult Ended(string streamId) =>
        Problem.Of(StatusCodes.Status409Conflict, ErrorCodes.StreamEnded, $"Stream '{streamId}' has ended; it takes no more reactions.");

    private static async Task<Results<Accepted, ProblemHttpResult, UnauthorizedHttpResult>> React(
        string streamId, ReactionRequest request, ClaimsPrincipal principal, HttpResponse response,
        StreamDirectory streams, ReactionLimits limits, StreamReacting reacting, IOptionsMonitor<AdmissionOptions> options, CancellationToken cancellationToken)
    {
        if (principal.ToUser() is not { } user)
            return TypedResults.Unauthorized();
        if (!ReactionTypes.IsValid(request.ReactionType))
            return UnknownType();
        if (await streams.FindAsync(streamId, cancellationToken) is not { } stream)
            return StreamsApi.NotFound(streamId);
        if (stream.Status != StreamStatus.Live)
            return Ended(streamId);
        var quota = await limits.TakeAsync(Limit, streamId, user.Id, options.CurrentValue.ReactionsPerStream, cancellationToken);
        if (quota.Remaining >= 0 && !reacting.Add(streamId, request.ReactionType!))
        {
            response.Headers.RetryAfter = "1";
            return Problem.Of(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, "Too many streams are reacted to at once; try again in a moment.", retryable: true);
        }

        return TypedResults.Accepted((string?)null);
    }

    private static async Task<Results<Ok<ReactionTotals>, ProblemHttpResult>> GetTotals(
        string streamId, StreamDirectory streams, StreamReactionTotals totals, CancellationToken cancellationToken) =>
        await streams.FindAsync(streamId, cancellationToken) is null
            ? StreamsApi.NotFound(streamId)
            : TypedResults.Ok(await totals.ReadAsync(streamId, cancellationToken));
}
