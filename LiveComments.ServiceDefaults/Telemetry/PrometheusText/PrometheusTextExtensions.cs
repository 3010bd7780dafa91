using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenTelemetry.Metrics;

namespace LiveComments.ServiceDefaults.Telemetry.PrometheusText;

/// <summary>All metrics of the process for Prometheus to scrape, in its text format 0.0.4.</summary>
public static class PrometheusTextExtensions
{
    /// <summary>Makes the metrics available to <see cref="MapPrometheusText"/>.</summary>
    public static MeterProviderBuilder AddPrometheusText(this MeterProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);

        var isFirst = false;
        builder.ConfigureServices(services =>
        {
            isFirst = services.All(service => service.ServiceType != typeof(PrometheusTextExporter));
            services.TryAddSingleton(TimeProvider.System);
            services.TryAddSingleton<PrometheusTextExporter>();
            services.TryAddSingleton<PrometheusScrapes>();
        });

        // An exporter serves one reader. Prometheus counts rates itself, so it wants totals since the start.
        return isFirst
            ? builder.AddReader(services => new BaseExportingMetricReader(services.GetRequiredService<PrometheusTextExporter>())
            {
                TemporalityPreference = MetricReaderTemporalityPreference.Cumulative,
            })
            : builder;
    }

    /// <summary>Serves the metrics. Who may read them is for the caller to decide: <c>RequireHost</c>, <c>RequireAuthorization</c>.</summary>
    public static IEndpointConventionBuilder MapPrometheusText(this IEndpointRouteBuilder endpoints, string pattern = "/metrics")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        if (endpoints.ServiceProvider.GetService<PrometheusScrapes>() is not { } scrapes)
        {
            throw new InvalidOperationException(
                $"There are no metrics to map: call {nameof(AddPrometheusText)} in services.AddOpenTelemetry().WithMetrics(…).");
        }

        return endpoints.MapMethods(pattern, ["GET", "HEAD"], scrapes.ServeAsync)
            .WithDisplayName("Prometheus metrics")
            .DisableHttpMetrics();
    }
}
