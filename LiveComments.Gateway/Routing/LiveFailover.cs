using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Problems;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;
using Yarp.ReverseProxy.Transforms;

namespace LiveComments.Gateway.Routing;

/// <summary>
/// Sends a viewer to another node when the chosen one stops, is full or has just died: nothing was sent to the viewer yet,
/// and it asked for nothing that would happen twice.
/// </summary>
static class LiveFailover
{
    // With so many nodes at fault, one more won't help; and a viewer should not wait for them all.
    private const int MaxAttempts = 3;

    private const string RetrySeconds = "2";

    /// <summary>Leaves out what a stopping node says: another will say something better.</summary>
    public static IReverseProxyBuilder AddLiveFailover(this IReverseProxyBuilder proxy) => proxy.AddTransforms(transforms =>
    {
        if (transforms.Route.ClusterId == ProxyRoutes.FanoutCluster)
        {
            transforms.AddResponseTransform(response =>
            {
                if (response.ProxyResponse?.Headers.Contains(LiveHeaders.Stopping) == true)
                    response.SuppressResponseBody = true;
                return ValueTask.CompletedTask;
            });
        }
    });

    /// <summary>Comes before the choice of a node, which is made anew for each attempt.</summary>
    public static void UseLiveFailover(this IReverseProxyApplicationBuilder proxy) => proxy.Use(async (context, next) =>
    {
        var feature = context.GetReverseProxyFeature();
        if (feature.Cluster.Config.ClusterId != ProxyRoutes.FanoutCluster)
        {
            await next(context);
            return;
        }

        var nodes = feature.AvailableDestinations;
        for (var attempt = 1; ; attempt++)
        {
            await next(context);
            if (!IsToBeTriedElsewhere(context))
                return;
            nodes = [.. nodes.Where(node => node != feature.ProxiedDestination)];
            if (attempt == MaxAttempts || nodes.Count == 0)
                break;
            context.Response.Clear();
            context.Features.Set<IForwarderErrorFeature>(null);
            feature.AvailableDestinations = nodes;
        }

        context.Response.Clear();
        context.Response.Headers.RetryAfter = RetrySeconds;
        await Problem.Of(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, "No node can take you now; try again in a moment.", retryable: true).ExecuteAsync(context);
    });

    private static bool IsToBeTriedElsewhere(HttpContext context) =>
        !context.Response.HasStarted
        && !context.RequestAborted.IsCancellationRequested
        && (context.Response.Headers.ContainsKey(LiveHeaders.Stopping) || context.Features.Get<IForwarderErrorFeature>() is { Error: ForwarderError.Request });
}
