using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace LiveComments.Gateway.Routing;

/// <summary>
/// A GET that did not get through to its node goes to the next one. Probes notice a dead node only after seconds, and an
/// <c>EventSource</c> that is answered with a 502 meanwhile never tries again by itself.
/// </summary>
static class NextNode
{
    /// <summary>A node is a few milliseconds away, and a lost packet of the handshake is sent again after a second: who hasn't answered by then is tried no longer.</summary>
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Goes before the choice of a node.</summary>
    public static void UseNextNode(this IReverseProxyApplicationBuilder proxy) => proxy.Use(async (context, next) =>
    {
        var feature = context.GetReverseProxyFeature();
        var left = feature.AvailableDestinations;
        await next(context);
        while (DidNotArrive(context) && feature.ProxiedDestination is { } failed)
        {
            left = [.. left.Where(node => node != failed)];
            if (left.Count == 0)
                return;
            // As if nothing had been tried: the forwarder refuses to answer what has an answer.
            context.Features.Set<IForwarderErrorFeature>(null);
            context.Response.StatusCode = StatusCodes.Status200OK;
            feature.AvailableDestinations = left;
            await next(context);
        }
    });

    // It may have reached the node all the same; a GET may come twice.
    private static bool DidNotArrive(HttpContext context) =>
        context.GetForwarderErrorFeature() is { Error: ForwarderError.Request, Exception: HttpRequestException }
        && HttpMethods.IsGet(context.Request.Method) && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested;
}
