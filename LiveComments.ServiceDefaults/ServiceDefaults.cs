using LiveComments.ServiceDefaults.Auth;
using LiveComments.ServiceDefaults.Connections;
using LiveComments.ServiceDefaults.Health;
using LiveComments.ServiceDefaults.Problems;
using LiveComments.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace LiveComments.ServiceDefaults;

/// <summary>What every service has: telemetry, health, discovery, resilience, problem documents, the clock.</summary>
public static class ServiceDefaults
{
    /// <summary>Requests in flight get this long to end after SIGTERM.</summary>
    public static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(25);

    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        LineEnds.BeStrict();
        builder.AddSlowClientLimits();
        builder.AddTelemetry();
        builder.AddHealth();
        builder.Services.AddProblemDocuments();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            // Retries a POST, too: safe for us, because every POST between our services carries an Idempotency-Key.
            http.AddStandardResilienceHandler();
            http.AddServiceDiscovery();
        });
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        return builder;
    }

    /// <summary>Problem documents for whatever goes wrong further in; comes first in the pipeline.</summary>
    public static WebApplication UseServiceDefaults(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        return app;
    }

    /// <summary>Health and metrics; always there, since orchestrators need them in production most.</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.MapHealth();
        app.MapMetrics();
        return app;
    }
}
