using System.Globalization;
using LiveComments.Contracts;
using LiveComments.TestSupport;
using Xunit.Abstractions;

namespace LiveComments.IntegrationTests.Transports;

/// <summary>A node that nats-server's messages reach badly: core NATS promises no more.</summary>
[Collection(LiveNodesCollection.Name)]
public sealed class DroppedMessages(LiveNodes nodes, ITestOutputHelper output)
{
    private const int Comments = 6_000;
    // A poll that waits for its node to catch up must not find more than a resume may ask for.
    private const int AtOnce = 300;
    private const int ViewersOfEach = 3;

    [Fact]
    public Task When_one_in_a_hundred_is_dropped_every_viewer_is_whole_and_in_order() => Seed.ForEachAsync(1, async random =>
    {
        var seed = random.Next();
        await using var lossy = new LossyNats(nodes.Path.Nats.Port, $"{LogSubjects.LivePrefix}.", seed);
        await using var node = nodes.NewNode(natsUrl: lossy.Url);
        await node.StartAsync();
        var (streamId, _) = await nodes.NewStreamAsync();
        var viewers = new List<LiveClient>();
        foreach (var transport in Enumerable.Repeat((string[])[LiveClient.Sse, LiveClient.WebSocket, LiveClient.Poll], ViewersOfEach).SelectMany(each => each))
        {
            viewers.Add(await LiveClient.OpenAsync(transport, node.Address, streamId));
            await viewers[^1].NextOfTypeAsync(ServerMessageTypes.CommentsBatch);
        }

        for (var from = 0; from < Comments; from += AtOnce)
        {
            // All that is underway is lost, and the node comes back.
            if (from == Comments / 2)
                lossy.Cut();
            var seen = Task.WhenAll(viewers.ConvertAll(viewer => viewer.NextContentsAsync(AtOnce, $"what was said from {from} on")));
            var said = Enumerable.Range(from, AtOnce).ToList();
            await nodes.AppendAsync(streamId, said.Select(one => LiveNodes.CommentOf(streamId, one, Text(one))));
            foreach (var contents in await Eventually.WithinAsync("everybody has seen it", seen))
                Assert.Equal(said.Select(Text), contents);
        }

        var repaired = await LiveNodes.MetricAsync(node, "livecomments_room_gap_repaired");
        output.WriteLine($"Dropped {lossy.Drops} of {Comments}, seed {seed}; read from the log instead: {repaired}.");
        Assert.InRange(lossy.Drops, 1, Comments);
        Assert.True(repaired >= lossy.Drops, $"{lossy.Drops} were dropped and only {repaired} read from the log.");
        Assert.Equal(0, await LiveNodes.MetricAsync(node, "livecomments_room_gap_lost"));
        foreach (var viewer in viewers)
            await viewer.DisposeAsync();
    });

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
