using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace LiveComments.Gateway.Routing;

/// <summary>
/// Sends everybody who watches a stream to the same healthy Fanout node, since a room is cheapest in one place, until
/// that node has more than its share: then the next in the stream's own order, so a viral stream spreads over all nodes.
/// </summary>
sealed class StreamAffinity(NodeLoads loads, IOptions<GatewayOptions> options) : ILoadBalancingPolicy
{
    public const string PolicyName = "StreamAffinity";

    public string Name => PolicyName;

    public DestinationState? PickDestination(HttpContext context, ClusterState cluster, IReadOnlyList<DestinationState> availableDestinations)
    {
        if (availableDestinations.Count == 0)
            return null;
        // An address without a stream (a WebSocket that joins one later) goes wherever there is room, at random.
        var key = context.Request.RouteValues[ProxyRoutes.StreamId] as string ?? Guid.NewGuid().ToString("N");
        var index = BoundedLoad.Pick(key, availableDestinations, destination => destination.DestinationId, destination => loads.Of(destination.DestinationId), options.Value.SpillAbove);
        var picked = availableDestinations[index];
        loads.Sent(picked.DestinationId);
        return picked;
    }
}
