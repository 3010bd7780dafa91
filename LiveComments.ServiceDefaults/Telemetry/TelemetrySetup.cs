using System.Text.Encodings.Web;
using System.Text.Json;
using LiveComments.ServiceDefaults.Telemetry.PrometheusText;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace LiveComments.ServiceDefaults.Telemetry;

/// <summary>
/// Traces, metrics and logs by OpenTelemetry: over OTLP when an endpoint is configured, metrics always at <c>/metrics</c>,
/// logs always on the console. Where nobody collects traces, none are made.
/// </summary>
public static class TelemetrySetup
{
    /// <summary>Meters and activity sources of ours begin with this.</summary>
    public const string Prefix = "LiveComments";

    /// <summary>By the standard: where traces, metrics and logs go.</summary>
    public const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>By the standard: which traces are kept.</summary>
    public const string StandardSampler = "OTEL_TRACES_SAMPLER";

    private const string RequestLog = "Microsoft.AspNetCore.Hosting.Diagnostics";
    private const string ConsoleFormatter = "Logging:Console:FormatterName";

    public static TBuilder AddTelemetry<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddOptions<TelemetryOptions>().BindConfiguration(TelemetryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        // "Request starting …" has the whole address in it, and so a viewer's ticket. A trace tells the same without the values.
        builder.Logging.AddFilter(RequestLog, LogLevel.Warning);
        // For machines, with the ids of the trace beside each line; a developer reads plain text.
        if (!builder.Environment.IsDevelopment() && builder.Configuration[ConsoleFormatter] is null)
        {
            builder.Logging.AddJsonConsole(console =>
            {
                console.IncludeScopes = true;
                console.UseUtcTimestamp = true;
                // It is read by people, too, and no page of a browser's shows it.
                console.JsonWriterOptions = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
                console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
            });
        }

        var telemetry = builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddMeter($"{Prefix}.*")
                .AddPrometheusText());
        if (string.IsNullOrWhiteSpace(builder.Configuration[OtlpEndpoint]))
            return builder;

        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });
        telemetry.WithTracing(tracing =>
        {
            tracing
                .AddSource($"{Prefix}.*")
                .AddAspNetCoreInstrumentation(options => options.Filter = context => !IsNoise(context.Request.Path))
                .AddHttpClientInstrumentation(options => options.FilterHttpRequestMessage = request => !IsNoise(request.RequestUri?.AbsolutePath));
            if (string.IsNullOrWhiteSpace(builder.Configuration[StandardSampler]))
                tracing.SetSampler(services => SamplerOf(services.GetRequiredService<IOptions<TelemetryOptions>>().Value, builder.Environment));
        });
        telemetry.UseOtlpExporter();
        return builder;
    }

    public static void MapMetrics(this IEndpointRouteBuilder app) => app.MapPrometheusText().AllowAnonymous();

    private static TraceSampler SamplerOf(TelemetryOptions options, IHostEnvironment environment) =>
        new(options.TraceRatio ?? (environment.IsDevelopment() ? 1 : TelemetryOptions.DefaultTraceRatio), options.TrustCallers);

    // Probes and scrapes come every few seconds and say nothing about a comment's way; and a viewer's connection is no
    // request: it would be one span a viewer, and end when the stream does.
    private static bool IsNoise(string? path) => path is not null && IsNoise(new PathString(path));

    private static bool IsNoise(PathString path) =>
        path.StartsWithSegments("/health", StringComparison.Ordinal) || path.StartsWithSegments("/alive", StringComparison.Ordinal)
        || path.StartsWithSegments("/metrics", StringComparison.Ordinal) || path.StartsWithSegments("/live", StringComparison.Ordinal);
}
