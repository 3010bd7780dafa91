using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Transports;

/// <summary>Viewers whose system is gone without a word, so that nothing says that they have left.</summary>
[Collection(LiveNodesCollection.Name)]
public sealed class VanishedViewers(LiveNodes nodes)
{
    [Theory]
    [InlineData(LiveClient.Sse, true, true)]
    [InlineData(LiveClient.Sse, true, false)]
    [InlineData(LiveClient.Sse, false, false)]
    [InlineData(LiveClient.WebSocket, true, true)]
    public async Task Who_vanishes_is_counted_out_after_a_heartbeat_and_the_peer_time_out(string transport, bool directWrites, bool detached)
    {
        await using var node = nodes.NewNode(directWrites: directWrites, settings: [("Live__PeerTimeout", "00:00:01"), ("Fanout__DetachedConnections", detached.ToString())]);
        await node.StartAsync();
        var (streamId, author) = await nodes.NewStreamAsync();
        await using var other = await LiveClient.OpenAsync(LiveClient.Sse, node.Address, streamId);
        using var viewer = transport == LiveClient.Sse ? await RawViewer.OpenEventsAsync(node.Address, streamId) : await RawViewer.OpenSocketAsync(node.Address, streamId);
        await Eventually.UntilAsync("both are counted", async () => await LiveNodes.MetricAsync(node, "livecomments_connections") == 2);
        viewer.Vanish();
        // Left to itself the kernel would try for a quarter of an hour.
        await Eventually.UntilAsync("it is counted out", async () => await LiveNodes.MetricAsync(node, "livecomments_connections") == 1);
        await RunningSystem.PostAcceptedAsync(author, streamId, "still here?");
        Assert.Equal("still here?", (await other.NextCommentAsync("the comment to who is there")).Content);
    }
}
