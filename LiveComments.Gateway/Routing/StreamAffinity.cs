using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace LiveComments.Gateway.Routing;

/// <summary>Sends everybody who watches a stream to the same Fanout node, as long as that is healthy: a room is cheapest in one place.</summary>
sealed class StreamAffinity : ILoadBalancingPolicy
{
    public const string PolicyName = "StreamAffinity";

    public string Name => PolicyName;

    public DestinationState? PickDestination(HttpContext context, ClusterState cluster, IReadOnlyList<DestinationState> availableDestinations)
    {
        if (availableDestinations.Count == 0)
            return null;
        var streamId = context.Request.RouteValues[ProxyRoutes.StreamId] as string;
        var index = streamId is null
            ? Random.Shared.Next(availableDestinations.Count)
            : Rendezvous.Pick(streamId, availableDestinations, destination => destination.DestinationId);
        return availableDestinations[index];
    }
}
