using LiveComments.TestSupport;
using LiveComments.UnitTests.Viewers;

namespace LiveComments.UnitTests.Gateway.Relay;

/// <summary>The gateway before what serves viewers on a real node.</summary>
public sealed class RelayBeforeANode
{
    private const int Viewers = 300;

    [Fact]
    public async Task Hundreds_of_viewers_get_the_bytes_that_a_viewer_of_the_node_itself_gets()
    {
        await using var node = await ViewerServer.StartAsync(Way.Detached);
        await using var gateway = await GatewayServer.StartAsync(raw: true, node.Address.ToString());
        using var direct = await node.WatchAsync();
        var viewers = new List<WireViewer>();
        for (var count = 0; count < Viewers; count++)
            viewers.Add(await gateway.WatchAsync());
        await Eventually.UntilAsync("all are in the room", () => node.Staying == Viewers + 1);
        for (var number = 0; number < 100; number++)
        {
            node.Post($"{number} 日本語 {new string('x', number * number % 3_000)}");
            if (number % 3 == 0)
                node.Flush();
        }

        node.Post("end");
        node.Flush();
        await direct.ReadUntilCommentAsync("end");
        foreach (var viewer in viewers)
        {
            await viewer.ReadUntilAsync("all bytes", () => viewer.Body.Length >= direct.Body.Length);
            Assert.True(direct.Body.AsSpan().SequenceEqual(viewer.Body), "the bytes differ");
            viewer.Dispose();
        }

        await Eventually.UntilAsync("the node has seen them go", () => node.Staying == 1);
        Assert.Equal(Viewers, gateway.EverRelayed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_slow_viewer_is_closed_by_its_node_without_delaying_others(bool raw)
    {
        await using var node = await ViewerServer.StartAsync(Way.Detached);
        await using var gateway = await GatewayServer.StartAsync(raw, node.Address.ToString());
        using var slow = await gateway.WatchAsync(headers: "Last-Event-ID: 1-1\r\n", receiveBuffer: 4 * 1024);
        using var brisk = await gateway.WatchAsync(headers: "Last-Event-ID: 1-1\r\n");
        await Eventually.UntilAsync("both are in the room", () => node.Staying == 2);
        for (var number = 0; node.Staying > 1; number++)
        {
            node.Post($"{number} {new string('x', 60_000)}");
            node.Flush();
            await brisk.ReadUntilAsync($"comment {number}", () => brisk.LastEventId() == $"1-{node.Sequence}");
            Assert.True(number < 400, "the slow viewer is never closed");
        }

        Assert.Null(brisk.Ended);
        await slow.ReadToEndAsync();
        Assert.Equal(Ending.Cut, slow.Ended);
    }
}
