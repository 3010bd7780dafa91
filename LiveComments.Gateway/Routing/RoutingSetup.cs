using LiveComments.Gateway.Draining;
using LiveComments.Gateway.Relay;
using LiveComments.ServiceDefaults.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;

namespace LiveComments.Gateway.Routing;

static class RoutingSetup
{
    public static void AddRouting(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<GatewayOptions>().BindConfiguration(GatewayOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<NodeLoads>();
        builder.Services.AddSingleton<IActiveHealthCheckPolicy, LoadReadingHealthPolicy>();
        builder.Services.AddSingleton<ILoadBalancingPolicy, StreamAffinity>();
        builder.Services.AddReverseProxy().LoadFromMemory(ProxyRoutes.All, Destinations.Read(builder.Configuration)).AddNextNode();
        builder.AddStreamRelay();
        builder.Services.AddSingleton<LiveDrain>();
        // Tells the whole address of each request, and so a viewer's ticket.
        // Nor its warnings: every viewer who leaves would be one, with a stack trace. What a node fails at shows in its health and in traces.
        builder.Logging.AddFilter("Yarp.ReverseProxy.Forwarder.HttpForwarder", LogLevel.Error);
        // A gateway has no parts of its own: it is ready when it runs.
        builder.Services.AddHealthChecks().AddCheck("gateway", () => HealthCheckResult.Healthy(), tags: [HealthEndpoints.Ready]);
    }

    public static void MapRouting(this WebApplication app) => app.MapReverseProxy(proxy =>
    {
        proxy.UseNextNode();
        proxy.UseLoadBalancing();
        proxy.UseStreamRedirect();
        proxy.UseStreamRelay();
        proxy.Use(app.Services.GetRequiredService<LiveDrain>().InvokeAsync);
    });
}
