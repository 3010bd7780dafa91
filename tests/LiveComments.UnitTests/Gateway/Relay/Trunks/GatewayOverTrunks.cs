using System.Globalization;
using System.Net.Sockets;
using System.Text;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Trunks;
using LiveComments.TestSupport;
using LiveComments.UnitTests.Viewers;
using static LiveComments.UnitTests.Gateway.Relay.ScriptedNode;

namespace LiveComments.UnitTests.Gateway.Relay.Trunks;

/// <summary>What a gateway makes of what comes over a trunk.</summary>
public sealed class GatewayOverTrunks
{
    // Small, so that little is underway to who doesn't read.
    private const int ReceiveBuffer = 4 * 1024;

    [Fact]
    public async Task Each_viewer_gets_its_beginning_and_then_what_is_for_it_and_ends_as_its_node_says()
    {
        using var node = new TrunkNode();
        await using var gateway = await GatewayServer.StartAsync(raw: true, node.Address, trunks: true);
        using var first = await gateway.WatchAsync();
        await node.UntilAttachedAsync(1);
        using var second = await gateway.WatchAsync();
        await node.UntilAttachedAsync(2);
        await node.SayAsync("data: for both\n\n", 1, 2);
        await node.SayAsync("data: for one\n\n", 1);
        // Who is not there is nobody.
        await node.SayAsync("data: for nobody\n\n", 77);
        await node.SayAsync(NodeRecordKind.End, whole: true, Chunk("retry: 1\n\n") + LastChunk, 1);
        await node.SayAsync(NodeRecordKind.End, whole: false, "", 2);
        await first.ReadToEndAsync();
        Assert.Equal((Ending.Proper, "data: beginning of 1\n\ndata: for both\n\ndata: for one\n\nretry: 1\n\n"), (first.Ended, Encoding.UTF8.GetString(first.Body)));
        Assert.DoesNotContain(TrunkProtocol.Header, first.Head, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("X-Gateway: here\r\n", first.Head, StringComparison.Ordinal);
        await second.ReadToEndAsync();
        Assert.Equal((Ending.Cut, "data: beginning of 2\n\ndata: for both\n\n"), (second.Ended, Encoding.UTF8.GetString(second.Body)));
        Assert.Equal((1, 2), (node.Trunks, gateway.EverRelayed));
    }

    [Fact]
    public async Task Whoever_leaves_is_told_to_the_node_and_the_others_stay()
    {
        using var node = new TrunkNode();
        await using var gateway = await GatewayServer.StartAsync(raw: true, node.Address, trunks: true);
        using var stays = await gateway.WatchAsync();
        await node.UntilAttachedAsync(1);
        using (await gateway.WatchAsync())
            await node.UntilAttachedAsync(2);
        using (var breaks = await gateway.WatchAsync())
        {
            await node.UntilAttachedAsync(3);
            breaks.Socket.Close(0);
        }

        await Eventually.UntilAsync("the node has heard of both", () => node.Heard.Count(record => record.Kind == GatewayRecordKind.Gone) == 2);
        await node.SayAsync("data: still there\n\n", 1, 2, 3);
        await stays.ReadUntilAsync("the event", () => Encoding.UTF8.GetString(stays.Body).Contains("still there", StringComparison.Ordinal));
        Assert.Equal(1, gateway.Relayed);
    }

    [Fact]
    public async Task Credit_comes_back_as_the_viewer_reads_and_no_sooner()
    {
        using var node = new TrunkNode();
        await using var gateway = await GatewayServer.StartAsync(raw: true, node.Address, trunks: true);
        using var slow = await gateway.WatchAsync(receiveBuffer: ReceiveBuffer);
        await node.UntilAttachedAsync(1);
        using var other = await gateway.WatchAsync();
        await node.UntilAttachedAsync(2);
        var piece = Chunk($"data: {new string('x', 8_000)}\n\n");
        var said = 0;
        while (Credit() - said >= piece.Length)
        {
            await node.SayAsync(NodeRecordKind.Bytes, whole: true, piece, 1);
            said += piece.Length;
            // Others aren't kept waiting by who doesn't read.
            await node.SayAsync(string.Create(CultureInfo.InvariantCulture, $"data: {said}\n\n"), 2);
            await other.ReadUntilAsync("its event", () => Encoding.UTF8.GetString(other.Body).Contains($"data: {said}\n", StringComparison.Ordinal));
        }

        // What the kernel took, and what it did not.
        Assert.InRange(said, TrunkProtocol.Window - piece.Length, 4 * 1024 * 1024);
        await slow.ReadUntilAsync("all of it", () => slow.Body.Length > said - (said / 100));
        await Eventually.UntilAsync("it has credit again", () => Credit() - said > TrunkProtocol.Window / 2);

        int Credit() => node.Heard.Where(record => record is { Number: 1, Kind: GatewayRecordKind.Credit }).Sum(record => record.Amount);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("too much")]
    [InlineData("broken")]
    [InlineData("closed")]
    public async Task A_trunk_that_fails_cuts_its_viewers_off_and_the_next_viewer_opens_another(string how)
    {
        using var node = new TrunkNode();
        await using var gateway = await GatewayServer.StartAsync(raw: true, node.Address, trunks: true);
        var viewers = new List<WireViewer>();
        for (var number = 1u; number <= 5; number++)
        {
            viewers.Add(await gateway.WatchAsync());
            await node.UntilAttachedAsync(number);
        }

        switch (how)
        {
            case "garbage":
                await node.Trunk.SendAsync("HTTP/1.1 200 OK\r\n\r\n");
                break;
            case "too much":
                // More than any kernel takes for a viewer: some are set to take 16 MB.
                try
                {
                    for (var times = 0; times < 6; times++)
                        await node.SayAsync(NodeRecordKind.Bytes, whole: true, new string('x', TrunkProtocol.Window), [.. Enumerable.Repeat(1u, TrunkProtocol.MostNumbers)]);
                }
                catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
                {
                    // The gateway has had enough; this side may have been put away already.
                }

                break;
            case "broken":
                node.Trunk.Break();
                break;
            default:
                node.Trunk.Socket.Shutdown(SocketShutdown.Both);
                break;
        }

        foreach (var viewer in viewers)
        {
            // The first of those who were sent too much has got some of it, which is no whole chunk.
            while (viewer.Ended is null && (how != "too much" || viewer != viewers[0]))
                await Eventually.WithinAsync("the end", viewer.ReceiveAsync(10_000));
            viewer.Dispose();
        }

        await Eventually.UntilAsync("no stream is relayed", () => gateway.Relayed == 0);
        using var next = await gateway.WatchAsync();
        await next.ReadUntilAsync("its beginning", () => next.Body.Length > 0);
        await Eventually.UntilAsync("there is another trunk", () => node.Trunks == 2 && gateway.OverTrunks == 1);
    }

    [Fact]
    public async Task A_trunk_over_which_not_even_heartbeats_come_is_given_up()
    {
        using var node = new TrunkNode();
        await using var gateway = await GatewayServer.StartAsync(raw: true, node.Address, trunks: true);
        using var viewer = await gateway.WatchAsync();
        await node.UntilAttachedAsync(1);
        var passed = TimeSpan.Zero;
        // Two heartbeats late is no reason.
        for (; passed < 2 * Limits.HeartbeatInterval; passed += TimeSpan.FromSeconds(5))
            gateway.Clock.Advance(TimeSpan.FromSeconds(5));
        await node.SayAsync("data: late\n\n", 1);
        await viewer.ReadUntilAsync("what comes late", () => Encoding.UTF8.GetString(viewer.Body).Contains("late", StringComparison.Ordinal));
        passed = TimeSpan.Zero;
        await Eventually.UntilAsync("its viewer is cut off", () =>
        {
            gateway.Clock.Advance(TimeSpan.FromSeconds(5));
            passed += TimeSpan.FromSeconds(5);
            return gateway.Relayed == 0;
        });
        await viewer.ReadToEndAsync();
        Assert.Equal(Ending.Cut, viewer.Ended);
        Assert.True(passed > 2 * Limits.HeartbeatInterval, $"after {passed}");
    }

    [Fact]
    public async Task When_the_gateway_stops_viewers_are_told_when_to_come_back_unless_they_are_amid_an_event()
    {
        using var node = new TrunkNode();
        await using var gateway = await GatewayServer.StartAsync(raw: true, node.Address, trunks: true);
        using var whole = await gateway.WatchAsync();
        await node.UntilAttachedAsync(1);
        using var amid = await gateway.WatchAsync();
        await node.UntilAttachedAsync(2);
        await node.SayAsync(NodeRecordKind.Bytes, whole: false, "10\r\ndata: hal", 2);
        await node.SayAsync("data: whole\n\n", 1);
        await whole.ReadUntilAsync("the event", () => Encoding.UTF8.GetString(whole.Body).Contains("whole", StringComparison.Ordinal));
        var stopped = gateway.StopAsync();
        await whole.ReadToEndAsync();
        await amid.ReadToEndAsync();
        Assert.Equal(Ending.Proper, whole.Ended);
        Assert.StartsWith("retry: ", Assert.Single(whole.Events().Last()), StringComparison.Ordinal);
        Assert.Equal(Ending.Cut, amid.Ended);
        await Eventually.UntilAsync("the node has heard that both are gone", () => node.Heard.Count(record => record.Kind == GatewayRecordKind.Gone) == 2);
        whole.Dispose();
        amid.Dispose();
        await Eventually.WithinAsync("the gateway has stopped", stopped);
    }

    [Fact]
    public async Task A_node_that_takes_no_trunk_gets_a_connection_a_viewer_and_is_not_asked_again_soon()
    {
        using var node = new ScriptedNode(side => side.SendAsync(side.Request.Contains(TrunkProtocol.Path, StringComparison.Ordinal)
            ? "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
            : StreamHead + Chunk("data: 1\n\n") + LastChunk));
        await using var gateway = await GatewayServer.StartAsync(raw: true, node.Address, trunks: true);
        for (var count = 0; count < 5; count++)
        {
            // What a client says of trunks is none of anybody's business.
            using var viewer = await gateway.WatchAsync(headers: $"{TrunkProtocol.Header}: id/1\r\n");
            await viewer.ReadToEndAsync();
            Assert.Equal((Ending.Proper, "data: 1\n\n"), (viewer.Ended, Encoding.UTF8.GetString(viewer.Body)));
        }

        Assert.Equal((5, 0), (gateway.EverRelayed, gateway.OverTrunks));
        // Once a relay thread, of which there are as many as cores but one.
        Assert.InRange(node.Requests.Count(request => request.Contains(TrunkProtocol.Path, StringComparison.Ordinal)), 1, Math.Clamp(Environment.ProcessorCount - 1, 1, 5));
        Assert.DoesNotContain(node.Requests, request => request.Contains(TrunkProtocol.Header, StringComparison.OrdinalIgnoreCase));
    }
}
