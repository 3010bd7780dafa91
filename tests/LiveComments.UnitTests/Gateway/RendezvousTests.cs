using LiveComments.Contracts;
using LiveComments.Gateway.Routing;

namespace LiveComments.UnitTests.Gateway;

public sealed class RendezvousTests
{
    private const int Streams = 10_000;

    [Fact]
    public void Streams_spread_evenly_over_nodes()
    {
        string[] nodes = ["fanout-1-0", "fanout-2-0", "fanout-3-0", "fanout-4-0"];
        var counts = new int[nodes.Length];
        for (var stream = 0; stream < Streams; stream++)
            counts[Pick(stream, nodes)]++;
        Assert.All(counts, count => Assert.InRange(count, Streams / nodes.Length * 0.9, Streams / nodes.Length * 1.1));
    }

    [Fact]
    public void A_node_that_goes_moves_only_its_own_streams()
    {
        string[] before = ["fanout-1-0", "fanout-2-0", "fanout-3-0"];
        string[] after = ["fanout-1-0", "fanout-3-0"];
        for (var stream = 0; stream < Streams; stream++)
        {
            var was = before[Pick(stream, before)];
            if (was != "fanout-2-0")
                Assert.Equal(was, after[Pick(stream, after)]);
        }
    }

    [Fact]
    public void Without_nodes_there_is_no_choice() => Assert.Equal(-1, Rendezvous.Pick<string>("demo", [], name => name));

    [Fact]
    public void The_proxy_is_more_patient_than_the_heartbeat() =>
        Assert.All((TimeSpan[])[Destinations.StreamActivityTimeout, GatewayOptions.DefaultNodeSilence], patience => Assert.True(patience >= 2 * Limits.HeartbeatInterval));

    private static int Pick(int stream, string[] nodes) => Rendezvous.Pick($"stream-{stream}", nodes, name => name);
}
