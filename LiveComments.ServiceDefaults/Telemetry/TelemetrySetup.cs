using LiveComments.ServiceDefaults.Telemetry.PrometheusText;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace LiveComments.ServiceDefaults.Telemetry;

/// <summary>Traces, metrics and logs by OpenTelemetry: over OTLP when an endpoint is configured, metrics always at <c>/metrics</c>.</summary>
public static class TelemetrySetup
{
    /// <summary>Meters and activity sources of ours begin with this.</summary>
    public const string Prefix = "LiveComments";

    private const string RequestLog = "Microsoft.AspNetCore.Hosting.Diagnostics";

    public static TBuilder AddTelemetry<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });
        // "Request starting …" has the whole address in it, and so a viewer's ticket. A trace tells the same without the values.
        builder.Logging.AddFilter(RequestLog, LogLevel.Warning);

        var telemetry = builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddMeter($"{Prefix}.*")
                .AddPrometheusText())
            .WithTracing(tracing => tracing
                .AddSource($"{Prefix}.*")
                .AddAspNetCoreInstrumentation(options => options.Filter = context => !IsNoise(context.Request.Path))
                .AddHttpClientInstrumentation());

        if (!string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            telemetry.UseOtlpExporter();
        return builder;
    }

    public static void MapMetrics(this IEndpointRouteBuilder app) => app.MapPrometheusText().AllowAnonymous();

    // Probes and scrapes come every few seconds and say nothing about a comment's way.
    private static bool IsNoise(Microsoft.AspNetCore.Http.PathString path) =>
        path.StartsWithSegments("/health", StringComparison.Ordinal) || path.StartsWithSegments("/alive", StringComparison.Ordinal) || path.StartsWithSegments("/metrics", StringComparison.Ordinal);
}
