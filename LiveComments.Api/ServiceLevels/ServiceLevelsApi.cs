using LiveComments.Api.Moderation;
using LiveComments.Api.Web;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Problems;
using LiveComments.ServiceDefaults.ServiceLevels;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LiveComments.Api.ServiceLevels;

/// <summary><c>GET /api/streams/{id}/slo</c>, for who broadcasts or moderates the stream, and for admins.</summary>
static class ServiceLevelsApi
{
    public static void AddStreamServiceLevels(this IHostApplicationBuilder builder)
    {
        builder.AddServiceLevels();
        builder.Services.AddSingleton<ServiceLevelsReading>();
    }

    public static void MapServiceLevels(this WebApplication app) =>
        app.MapGet("/api/streams/{streamId}/slo", Read).RequireValidStreamId().RequireAuthorization().RequireModerator()
            .WithSummary("How well a stream was served")
            .WithDescription("Of the last five minutes: how soon comments were written to viewers and painted by pages, how soon removals were told, what had to be repaired, and how much of a fast stream was left out. Gathered from all processes when asked, a second old at most.");

    private static async Task<Results<Ok<StreamSlo>, ProblemHttpResult>> Read(string streamId, ServiceLevelsReading reading, HttpResponse response, CancellationToken cancellationToken)
    {
        if (await reading.ReadAsync(streamId, cancellationToken) is { } slo)
            return TypedResults.Ok(slo);
        response.Headers.RetryAfter = "1";
        return Problem.Of(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, "The nodes can't be asked now; try again in a moment.", retryable: true);
    }
}
