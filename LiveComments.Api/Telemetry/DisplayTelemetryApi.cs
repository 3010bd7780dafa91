using System.Globalization;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Presence;
using LiveComments.ServiceDefaults.Problems;
using LiveComments.ServiceDefaults.Proxies;
using LiveComments.ServiceDefaults.ServiceLevels;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LiveComments.Api.Telemetry;

/// <summary><c>POST /api/telemetry/display</c>: pages tell how soon their viewers saw comments.</summary>
static class DisplayTelemetryApi
{
    private const string Address = "/api/telemetry/display";

    // A page that knows the time no better measures its own clock.
    private const int MaxUsefulClockErrorMs = 250;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public static void AddDisplayTelemetry(this IHostApplicationBuilder builder)
    {
        builder.AddTrustedProxies();
        builder.Services.AddSingleton<DisplayMetrics>();
        builder.Services.AddSingleton<ReportAllowance>();
    }

    public static void MapDisplayTelemetry(this WebApplication app)
    {
        // Nothing else here is counted by address: posts are spared the look at what proxies say.
        app.UseWhen(static context => context.Request.Path.StartsWithSegments(Address, StringComparison.OrdinalIgnoreCase), static branch => branch.UseTrustedProxies());
        // A page reports with its last breath, too, when it can send no header: nobody is asked who they are.
        app.MapPost(Address, Report).AllowAnonymous()
            .WithSummary("How soon comments were seen")
            .WithDescription($"From a page: milliseconds from a comment's arrival at the service until it was painted. Answers with the service's time. Of reports whose clock may be wrong by more than {MaxUsefulClockErrorMs} ms nothing is counted.");
    }

    private static Results<Ok<DisplayReportAnswer>, ProblemHttpResult> Report(DisplayReport report, DisplayMetrics metrics, StreamLevels levels, ViewerCounts viewers, ReportAllowance allowance, TimeProvider clock, HttpContext context)
    {
        if (!DisplayTransports.IsValid(report.Transport))
            return Invalid($"'transport' must be {DisplayTransports.WebSocket}, {DisplayTransports.Sse} or {DisplayTransports.Poll}.");
        if (report.LatenciesMs is not { Count: <= Limits.MaxDisplayLatencies } latencies || latencies.Any(latency => latency is < 0 or > Limits.MaxDisplayLatencyMs))
            return Invalid(string.Create(CultureInfo.InvariantCulture, $"'latenciesMs' must be at most {Limits.MaxDisplayLatencies} numbers from 0 to {Limits.MaxDisplayLatencyMs}."));
        if (report.ClockErrorMs is < 0 or > Limits.MaxDisplayLatencyMs)
            return Invalid(string.Create(CultureInfo.InvariantCulture, $"'clockErrorMs' must be from 0 to {Limits.MaxDisplayLatencyMs}."));
        if (report.StreamId is not null && !StreamId.IsValid(report.StreamId))
            return Invalid("'streamId' must be a stream's id, or be left out.");
        if (!allowance.TryTake(context.Connection.RemoteIpAddress))
        {
            context.Response.Headers.RetryAfter = RetryAfter.TotalSeconds.ToString(CultureInfo.InvariantCulture);
            return Problem.Of(StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited, "More reports than are needed; this one is not counted.", retryable: true);
        }

        if (report.ClockErrorMs <= MaxUsefulClockErrorMs)
        {
            metrics.Painted(report.Transport!, latencies);
            // Of streams that somebody watches: nobody fills the memory with others.
            if (report.StreamId is { } streamId && viewers.Of(streamId) > 0)
            {
                foreach (var latency in latencies)
                    levels.Painted(streamId, TimeSpan.FromMilliseconds(latency));
            }
        }

        return TypedResults.Ok(new DisplayReportAnswer(clock.GetUtcNow().ToUnixTimeMilliseconds()));
    }

    private static ProblemHttpResult Invalid(string detail) => Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.InvalidMessage, detail);
}
