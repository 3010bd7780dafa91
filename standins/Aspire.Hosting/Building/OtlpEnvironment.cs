using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>OpenTelemetry's variables. Telemetry goes where the host was told, else to its own dashboard, where there is one.</summary>
internal static class OtlpEnvironment
{
    /// <summary>Given to the host itself, it is where all telemetry goes.</summary>
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
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
            // Where telemetry goes is then the environment's affair.
            if (context.ExecutionContext.IsPublishMode)
            {
                context.EnvironmentVariables["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory";
                return;
            }

            context.EnvironmentVariables["OTEL_SERVICE_NAME"] = project.Resource.Name;
            context.EnvironmentVariables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={instance}";
            if (configuration[Endpoint] is { Length: > 0 } endpoint)
            {
                context.EnvironmentVariables[Endpoint] = endpoint;
                context.EnvironmentVariables[Protocol] = configuration[Protocol] ?? "grpc";
                if (configuration[Headers] is { Length: > 0 } headers)
                    context.EnvironmentVariables[Headers] = headers;
            }
            else if (context.ExecutionContext.ServiceProvider.GetRequiredService<OtlpReceiver>() is { Url.Length: > 0 } receiver)
            {
                context.EnvironmentVariables[Endpoint] = receiver.Url;
                context.EnvironmentVariables[Protocol] = "grpc";
                context.EnvironmentVariables[Headers] = $"{OtlpReceiver.KeyHeader}={receiver.Key}";
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
