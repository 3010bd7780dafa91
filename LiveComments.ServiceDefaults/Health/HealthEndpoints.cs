using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LiveComments.ServiceDefaults.Health;

/// <summary>
/// <c>/alive</c>: the process answers. <c>/health</c>: it can do its work. <c>/health/&lt;part&gt;</c>: that part answers; there
/// is one for each part that the service has. All say which checks that was, and how long each took.
/// </summary>
public static class HealthEndpoints
{
    /// <summary>Tag of the checks that decide whether the service should get traffic.</summary>
    public const string Ready = "ready";

    /// <summary>Who asks within a connection's time-out of two seconds gets an answer, whatever is away.</summary>
    public static readonly TimeSpan DatabaseTimeout = TimeSpan.FromSeconds(2);

    /// <inheritdoc cref="DatabaseTimeout"/>
    public static readonly TimeSpan RedisTimeout = TimeSpan.FromSeconds(1);

    /// <inheritdoc cref="DatabaseTimeout"/>
    public static readonly TimeSpan NatsTimeout = TimeSpan.FromSeconds(1);

    private static readonly string[] Parts = ["db", "redis", "nats"];

    public static TBuilder AddHealth<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddHealthChecks().AddCheck<StoppingHealth>("stopping", tags: [Ready]);
        return builder;
    }

    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.Map("/alive", _ => false);
        app.Map("/health", check => check.Tags.Contains(Ready));
        var registered = app.ServiceProvider.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations;
        foreach (var part in Parts.Where(part => registered.Any(check => check.Name == part)))
            app.Map($"/health/{part}", check => check.Name == part);
    }

    private static void Map(this IEndpointRouteBuilder app, string path, Func<HealthCheckRegistration, bool> concerns) =>
        app.MapHealthChecks(path, new HealthCheckOptions { Predicate = concerns, ResponseWriter = HealthAnswer.WriteAsync }).AllowAnonymous();
}
