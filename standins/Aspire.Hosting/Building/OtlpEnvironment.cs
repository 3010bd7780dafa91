using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>OpenTelemetry's variables. There is no collector of our own: an endpoint is handed on when the host itself was given one.</summary>
internal static class OtlpEnvironment
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";
    private const string Headers = "OTEL_EXPORTER_OTLP_HEADERS";

    // In Development what is measured should be visible at once.
    private const string DevelopmentDelayMs = "1000";

    public static void Add(IResourceBuilder<ProjectResource> project)
    {
        var configuration = project.ApplicationBuilder.Configuration;
        var development = project.ApplicationBuilder.Environment.IsDevelopment();
        var instance = Guid.NewGuid().ToString("N")[..8];
        project.WithEnvironment(context =>
        {
            context.EnvironmentVariables["OTEL_SERVICE_NAME"] = project.Resource.Name;
            context.EnvironmentVariables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={instance}";
            if (configuration[Endpoint] is { Length: > 0 } endpoint)
            {
                context.EnvironmentVariables[Endpoint] = endpoint;
                context.EnvironmentVariables[Protocol] = configuration[Protocol] ?? "grpc";
                if (configuration[Headers] is { Length: > 0 } headers)
                    context.EnvironmentVariables[Headers] = headers;
            }

            if (!development)
                return;
            context.EnvironmentVariables["OTEL_BSP_SCHEDULE_DELAY"] = DevelopmentDelayMs;
            context.EnvironmentVariables["OTEL_BLRP_SCHEDULE_DELAY"] = DevelopmentDelayMs;
            context.EnvironmentVariables["OTEL_METRIC_EXPORT_INTERVAL"] = DevelopmentDelayMs;
            context.EnvironmentVariables["OTEL_TRACES_SAMPLER"] = "always_on";
            context.EnvironmentVariables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
        });
    }
}
