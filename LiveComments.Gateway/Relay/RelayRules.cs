using System.Net.Sockets;
using LiveComments.Gateway.Routing;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Model;

namespace LiveComments.Gateway.Relay;

/// <summary>Which requests may be relayed. The others go YARP's way.</summary>
static class RelayRules
{
    public const string EventStream = "text/event-stream";

    private const string Events = "events";

    /// <summary>
    /// The viewer's socket, when bytes written to it are the answer's body as they are (HTTP/1.1 without TLS), and the request may
    /// be one for a stream of events. What the answer is tells the node.
    /// </summary>
    public static Socket? ViewerOf(HttpContext context)
    {
        var request = context.Request;
        return HttpMethods.IsGet(request.Method)
            && context.GetReverseProxyFeature().Cluster.Config.ClusterId == ProxyRoutes.FanoutCluster
            && request.RouteValues[ProxyRoutes.Rest] is Events
            && request.Headers.Upgrade.Count == 0
            && WantsEvents(request)
            && HttpProtocol.IsHttp11(request.Protocol)
            && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }
            && context.Features.Get<ITlsHandshakeFeature>() is null
            ? context.Features.Get<IConnectionSocketFeature>()?.Socket
            : null;
    }

    // Who accepts something else only is about to poll: often, so over connections that are kept.
    private static bool WantsEvents(HttpRequest request)
    {
        var accept = request.Headers.Accept.ToString();
        return accept.Length == 0 || accept.Contains(EventStream, StringComparison.OrdinalIgnoreCase) || accept.Contains("*/*", StringComparison.Ordinal);
    }
}
