using LiveComments.Api.Degradation;
using LiveComments.Api.Moderation;
using LiveComments.Api.Web;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LiveComments.Api.Analytics;

/// <summary><c>/api/streams/{id}/analytics</c>, for who broadcasts or moderates the stream.</summary>
static class AnalyticsApi
{
    public static void AddAnalytics(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AudienceSamples>();
        builder.Services.AddHostedService(services => services.GetRequiredService<AudienceSamples>());
        builder.Services.AddSingleton<RefusalCounts>();
        builder.Services.AddHostedService(services => services.GetRequiredService<RefusalCounts>());
        builder.Services.AddSingleton<AnalyticsReading>();
    }

    public static void MapAnalytics(this WebApplication app) =>
        app.MapGet("/api/streams/{streamId}/analytics", Read).RequireValidStreamId().RequireAuthorization().RequireModerator().RefusedFrom(ReadShedding.Heavy)
            .WithSummary("What happened on a stream over time")
            .WithDescription("Comments, who commented, reactions, viewers, mood, and what was held or refused, in steps of whole minutes; of live streams a moment old.");

    private static async Task<Results<Ok<StreamAnalytics>, ProblemHttpResult>> Read(
        string? from, string? to, string? step, HttpContext context, AnalyticsReading analytics, TimeProvider clock, CancellationToken cancellationToken)
    {
        var stream = Moderating.In(context).Stream!;
        var (range, fault) = AnalyticsRange.Read(from, to, step, stream, clock.GetUtcNow().ToUnixTimeMilliseconds());
        return range is { } read
            ? TypedResults.Ok(await analytics.ReadAsync(stream, read, cancellationToken))
            : Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.RangeInvalid, fault!);
    }
}
