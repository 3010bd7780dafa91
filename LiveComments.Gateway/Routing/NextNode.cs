using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;
using Yarp.ReverseProxy.Transforms;

namespace LiveComments.Gateway.Routing;

/// <summary>
/// What did not get through to its node or Api process, or came to a node that stops, goes to the next one, if that may be: see
/// <see cref="SecondTry"/>. Probes notice either only after seconds, and an <c>EventSource</c> that is answered with an error meanwhile never tries
/// again by itself. An Api process that stops serves on for a while, and says so: it is sent nothing more from then on.
/// </summary>
static class NextNode
{
    /// <summary>A node is a few milliseconds away, and a lost packet of the handshake is sent again after a second: who hasn't answered by then is tried no longer.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    private const string RetrySeconds = "2";

    /// <summary>Leaves out what a stopping node says: the next will say something better.</summary>
    public static IReverseProxyBuilder AddNextNode(this IReverseProxyBuilder proxy) => proxy
        .ConfigureHttpClient((_, handler) => handler.ConnectTimeout = ConnectTimeout)
        .AddTransforms(transforms => transforms.AddResponseTransform(response =>
        {
            if (response.ProxyResponse?.Headers.Contains(LiveHeaders.Stopping) != true)
                return ValueTask.CompletedTask;
            if (response.HttpContext.GetReverseProxyFeature() is { Cluster.Config.ClusterId: ProxyRoutes.ApiCluster } feature)
                SendNothingMore(response.HttpContext, feature);
            else
                response.SuppressResponseBody = true;
            return ValueTask.CompletedTask;
        }));

    /// <summary>Goes before the choice of a node.</summary>
    public static void UseNextNode(this IReverseProxyApplicationBuilder proxy) => proxy.Use(async (context, next) =>
    {
        var feature = context.GetReverseProxyFeature();
        var healthy = feature.AvailableDestinations;
        var tried = new HashSet<DestinationState>();
        var isApi = feature.Cluster.Config.ClusterId == ProxyRoutes.ApiCluster;
        var isWrite = !HttpMethods.IsGet(context.Request.Method) && isApi;
        var mayComeTwice = SecondTry.MayComeTwice(context);
        KeyValuePair<string, StringValues>[] ours = [.. context.Response.Headers];
        // What nodes say has no end.
        using var held = mayComeTwice && isApi ? HeldAnswer.Begin(context.Response) : null;
        await next(context);
        while ((Stops(context) || DidNotArrive(context, mayComeTwice)) && feature.ProxiedDestination is { } failed)
        {
            tried.Add(failed);
            // What Api is asked to do is tried once more, and not at every process there is.
            if (isWrite && tried.Count > 1)
                break;
            // Those of which probes say that they are ill come last: a busy node misses a probe sooner than a viewer.
            var left = Untried(healthy);
            if (left.Count == 0)
                left = Untried(feature.AllDestinations);
            if (left.Count == 0)
                break;
            // As if nothing had been tried: the forwarder refuses to answer what has an answer.
            context.Features.Set<IForwarderErrorFeature>(null);
            held?.Forget();
            Forget(context.Response, ours);
            context.Response.StatusCode = StatusCodes.Status200OK;
            feature.AvailableDestinations = left;
            SecondTry.Rewind(context.Request);
            await next(context);
        }

        if (context.GetForwarderErrorFeature() is { } gaveUp && !SecondTry.WasAnswered(gaveUp, context.Response) && !context.Response.HasStarted)
        {
            held?.Forget();
            Forget(context.Response, ours);
        }

        if (held is not null)
            await held.SendAsync();
        if (!Stops(context))
            return;
        Forget(context.Response, ours);
        context.Response.Headers.RetryAfter = RetrySeconds;
        await Problem.Of(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, "No node can take you now; try again in a moment.", retryable: true).ExecuteAsync(context);

        List<DestinationState> Untried(IReadOnlyList<DestinationState> nodes) => [.. nodes.Where(node => !tried.Contains(node))];
    });

    private static bool DidNotArrive(HttpContext context, bool mayComeTwice) =>
        context.GetForwarderErrorFeature() is { } error && (SecondTry.WasRefused(error) || (mayComeTwice && SecondTry.WasCut(error) && !SecondTry.WasAnswered(error, context.Response)))
        && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested;

    private static bool Stops(HttpContext context) => context.Response.Headers.ContainsKey(LiveHeaders.Stopping) && !context.Response.HasStarted;

    /// <summary>Its answers are good, and are passed on without a word of that.</summary>
    private static void SendNothingMore(HttpContext context, IReverseProxyFeature feature)
    {
        context.Response.Headers.Remove(LiveHeaders.Stopping);
        if (feature.ProxiedDestination is { Health.Active: not DestinationHealth.Unhealthy } stopping)
            context.RequestServices.GetRequiredService<IDestinationHealthUpdater>().SetActive(feature.Route.Cluster!, [new NewActiveDestinationHealth(stopping, DestinationHealth.Unhealthy)]);
    }

    /// <summary>Of what was said of an answer only what the gateway itself said stays: the forwarder clears all of it when a node fails.</summary>
    private static void Forget(HttpResponse response, KeyValuePair<string, StringValues>[] ours)
    {
        response.Headers.Clear();
        foreach (var (name, value) in ours)
            response.Headers[name] = value;
    }
}
