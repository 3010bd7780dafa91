using LiveComments.Gateway.Routing;
using LiveComments.TestSupport;

namespace LiveComments.UnitTests.Gateway;

public sealed class BoundedLoadTests
{
    private const int Floor = 100;

    [Fact]
    public void A_stream_stays_in_one_place_while_its_node_is_below_the_floor() => Seed.ForEach(200, random =>
    {
        var loads = Nodes(random.Next(1, 9));
        var key = $"stream-{random.Next()}";
        var first = Pick(key, loads);
        for (var viewer = 0; viewer < Floor; viewer++)
        {
            Assert.Equal(first, Pick(key, loads));
            loads[first]++;
        }
    });

    [Fact]
    public void However_many_watch_one_stream_no_node_has_more_than_its_share() => Seed.ForEach(100, random =>
    {
        var loads = Nodes(random.Next(2, 9));
        var viewers = random.Next(1, 5_000);
        for (var viewer = 0; viewer < viewers; viewer++)
            loads[Pick("viral", loads)]++;
        var share = Math.Max(Floor, Math.Ceiling(BoundedLoad.Slack * viewers / loads.Length));
        Assert.All(loads, load => Assert.InRange(load, 0, share));
    });

    [Fact]
    public void A_quiet_stream_is_not_moved_by_a_viral_one_elsewhere()
    {
        var loads = Nodes(4);
        var viral = Pick("viral", loads);
        loads[viral] = 5_000;
        for (var stream = 0; stream < 1_000; stream++)
        {
            var own = Rendezvous.Pick($"stream-{stream}", Names(loads), name => name);
            var picked = Pick($"stream-{stream}", loads);
            if (own != viral)
                Assert.Equal(own, picked);
            else
                Assert.NotEqual(viral, picked);
        }
    }

    private static long[] Nodes(int count) => new long[count];

    private static List<string> Names(long[] loads) => [.. Enumerable.Range(1, loads.Length).Select(node => $"fanout-{node}-0")];

    private static int Pick(string key, long[] loads)
    {
        var nodes = Enumerable.Range(0, loads.Length).ToList();
        return BoundedLoad.Pick(key, nodes, node => $"fanout-{node + 1}-0", node => loads[node], Floor);
    }
}
