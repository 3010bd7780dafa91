using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;
using Yarp.ReverseProxy.Transforms;

namespace LiveComments.Gateway.Routing;

/// <summary>
/// A GET that did not get through to its node, or came to one that stops, goes to the next one. Probes notice either only
/// after seconds, and an <c>EventSource</c> that is answered with an error meanwhile never tries again by itself.
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
            if (response.ProxyResponse?.Headers.Contains(LiveHeaders.Stopping) == true)
                response.SuppressResponseBody = true;
            return ValueTask.CompletedTask;
        }));

    /// <summary>Goes before the choice of a node.</summary>
    public static void UseNextNode(this IReverseProxyApplicationBuilder proxy) => proxy.Use(async (context, next) =>
    {
        var feature = context.GetReverseProxyFeature();
        var left = feature.AvailableDestinations;
        await next(context);
        while ((Stops(context) || DidNotArrive(context)) && feature.ProxiedDestination is { } failed)
        {
            left = [.. left.Where(node => node != failed)];
            if (left.Count == 0)
                break;
            // As if nothing had been tried: the forwarder refuses to answer what has an answer.
            context.Features.Set<IForwarderErrorFeature>(null);
            if (Stops(context))
                Forget(context.Response);
            context.Response.StatusCode = StatusCodes.Status200OK;
            feature.AvailableDestinations = left;
            await next(context);
        }

        if (!Stops(context))
            return;
        Forget(context.Response);
        context.Response.Headers.RetryAfter = RetrySeconds;
        await Problem.Of(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, "No node can take you now; try again in a moment.", retryable: true).ExecuteAsync(context);
    });

    // It may have reached the node all the same; a GET may come twice.
    private static bool DidNotArrive(HttpContext context) =>
        context.GetForwarderErrorFeature() is { Error: ForwarderError.Request, Exception: HttpRequestException }
        && MayComeTwice(context) && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested;

    private static bool Stops(HttpContext context) => context.Response.Headers.ContainsKey(LiveHeaders.Stopping) && !context.Response.HasStarted;

    // A WebSocket over HTTP/2 is asked for by CONNECT; what it says comes when it has been accepted.
    private static bool MayComeTwice(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) || context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };

    /// <summary>What the node said of its answer; headers of the gateway's own stay.</summary>
    private static void Forget(HttpResponse response)
    {
        response.Headers.Remove(LiveHeaders.Stopping);
        response.Headers.RetryAfter = default;
        response.Headers.CacheControl = default;
        response.ContentType = null;
        response.ContentLength = null;
    }
}
