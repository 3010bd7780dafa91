using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace LiveComments.ServiceDefaults.Health;

/// <summary>
/// <c>/alive</c>: the process answers. <c>/health</c>: it can do its work. <c>/health/&lt;part&gt;</c>: that part answers.
/// Answers are one word, so nothing of the inside leaks.
/// </summary>
public static class HealthEndpoints
{
    /// <summary>Tag of the checks that decide whether the service should get traffic.</summary>
    public const string Ready = "ready";

    private static readonly string[] Parts = ["db", "redis", "nats"];

    public static TBuilder AddHealth<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddHealthChecks();
        return builder;
    }

    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapHealthChecks("/alive", new HealthCheckOptions { Predicate = _ => false }).AllowAnonymous();
        app.MapHealthChecks("/health", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Ready) }).AllowAnonymous();
        foreach (var part in Parts)
            app.MapHealthChecks($"/health/{part}", new HealthCheckOptions { Predicate = check => check.Name == part }).AllowAnonymous();
    }
}
