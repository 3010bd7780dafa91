using System.Text;
using LiveComments.TestSupport;
using LiveComments.UnitTests.Viewers;
using static LiveComments.UnitTests.Gateway.Relay.ScriptedNode;

namespace LiveComments.UnitTests.Gateway.Relay;

/// <summary>Streams that are passed on as bytes: viewers who don't read, silence, and the end of the gateway.</summary>
public sealed class RelayBounds
{
    // Small, so that little is underway to who doesn't read.
    private const int ReceiveBuffer = 4 * 1024;

    // More than the kernel takes for two connections, but for the buffers that it may have at most.
    private const int MuchBytes = 4 * 1024 * 1024;

    [Fact]
    public async Task A_node_finds_out_that_a_viewer_does_not_read_and_the_viewer_that_pauses_misses_nothing()
    {
        var pieces = Enumerable.Range(0, MuchBytes / 10_000).Select(number => $"data: {number} {new string('x', 10_000)}\n\n").ToList();
        var taken = 0;
        using var node = new ScriptedNode(async side =>
        {
            await side.SendAsync(StreamHead);
            foreach (var piece in pieces)
            {
                await side.SendAsync(Chunk(piece));
                Interlocked.Add(ref taken, piece.Length);
            }

            await side.SendAsync(LastChunk);
        });
        await using var gateway = await GatewayServer.StartAsync(raw: true, node.Address);
        using var slow = await gateway.WatchAsync(receiveBuffer: ReceiveBuffer);
        var before = -1;
        await Eventually.UntilAsync("the node can send no more", () => Volatile.Read(ref taken) is var now && now > 0 && now == Interlocked.Exchange(ref before, now));
        // What the kernel holds on both connections, not what a gateway would hoard.
        Assert.InRange(Volatile.Read(ref taken), 1, MuchBytes / 2);
        await slow.ReadToEndAsync();
        Assert.Equal(Ending.Proper, slow.Ended);
        Assert.Equal(string.Concat(pieces), Encoding.ASCII.GetString(slow.Body));
    }

    [Fact]
    public async Task A_viewer_that_does_not_read_is_closed_when_its_node_gives_it_up()
    {
        using var node = new ScriptedNode(async side =>
        {
            await side.SendAsync(StreamHead);
            var piece = Encoding.ASCII.GetBytes(Chunk(new string('x', 50_000)));
            side.Socket.Blocking = false;
            var sent = 0;
            await Eventually.UntilAsync("the socket takes no more", () =>
            {
                try
                {
                    while (true)
                        sent += side.Socket.Send(piece);
                }
                catch (System.Net.Sockets.SocketException)
                {
                    return sent == (sent = 0);
                }
            });
            side.Break();
        });
        await using var gateway = await GatewayServer.StartAsync(raw: true, node.Address);
        using var slow = await gateway.WatchAsync(receiveBuffer: ReceiveBuffer);
        await Eventually.UntilAsync("the gateway has given it up, too", () => gateway.EverRelayed == 1 && gateway.Relayed == 0);
        var buffer = new byte[64 * 1024];
        var ended = false;
        while (!ended)
        {
            try
            {
                ended = await Eventually.WithinAsync("the end", slow.Socket.ReceiveAsync(buffer)) == 0;
            }
            catch (System.Net.Sockets.SocketException)
            {
                ended = true;
            }
        }
    }

    [Fact]
    public async Task A_stream_that_is_heard_lives_on_and_one_that_is_silent_ends()
    {
        NodeSide? heard = null;
        using var node = new ScriptedNode(async side =>
        {
            await side.SendAsync(StreamHead + Chunk(": \n\n"));
            if (side.Request.Contains("heard", StringComparison.Ordinal))
                heard = side;
            await side.ClosedAsync();
        });
        await using var gateway = await GatewayServer.StartAsync(raw: true, node.Address);
        using var living = await gateway.WatchAsync(path: $"{GatewayServer.Path}?heard");
        using var silent = await gateway.WatchAsync();
        await Eventually.UntilAsync("both are relayed", () => gateway.Relayed == 2);
        for (var beats = 1; beats <= 6; beats++)
        {
            var expected = beats;
            await living.ReadUntilAsync($"heartbeat {beats}", () => living.Body.Length == 4 * expected);
            gateway.Clock.Advance(TimeSpan.FromSeconds(15));
            await heard!.SendAsync(Chunk(": \n\n"));
        }

        await silent.ReadToEndAsync();
        Assert.Equal(Ending.Cut, silent.Ended);
        await living.ReadUntilAsync("the last heartbeat", () => living.Body.Length == 4 * 7);
        Assert.Equal(1, gateway.Relayed);
    }

    [Fact]
    public async Task When_the_gateway_stops_every_viewer_is_told_when_to_come_back_and_nothing_hangs()
    {
        using var node = new ScriptedNode(async side =>
        {
            // However the bytes come, the last of them say where the viewer is.
            var all = Encoding.ASCII.GetBytes(StreamHead + Chunk("data: 1\n\n"));
            if (side.Request.Contains("?pieces", StringComparison.Ordinal))
            {
                foreach (var one in all)
                    await side.SendAsync(new[] { one });
            }
            else
            {
                await side.SendAsync(all);
            }

            await side.ClosedAsync();
        });
        await using var gateway = await GatewayServer.StartAsync(raw: true, node.Address);
        var viewers = new List<WireViewer>();
        for (var count = 0; count < 50; count++)
        {
            viewers.Add(await gateway.WatchAsync(path: count % 2 == 0 ? GatewayServer.Path : $"{GatewayServer.Path}?pieces"));
            await viewers[^1].ReadUntilAsync("the event", () => viewers[^1].Body.Length > 0);
        }

        await Eventually.UntilAsync("all are relayed", () => gateway.Relayed == viewers.Count);
        var stopped = gateway.StopAsync();
        foreach (var viewer in viewers)
        {
            await viewer.ReadToEndAsync();
            Assert.Equal(Ending.Proper, viewer.Ended);
            Assert.StartsWith("data: 1\n\nretry: ", Encoding.ASCII.GetString(viewer.Body), StringComparison.Ordinal);
            Assert.Equal(2, viewer.Events().Count());
            viewer.Dispose();
        }

        await Eventually.WithinAsync("the gateway has stopped", stopped);
        Assert.Equal(0, gateway.Relayed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10\r\ndata: hal")]
    [InlineData("10\r\ndata: half\n\n\n\n")]
    [InlineData("9\r\ndata: 1\n\n")]
    [InlineData("9\r\ndata: 1\n\n\r")]
    [InlineData("8\r\ndata: 1\n\r\n")]
    public async Task When_the_gateway_stops_nothing_is_put_into_the_middle_of_an_event_or_chunk(string sent)
    {
        using var node = new ScriptedNode(async side =>
        {
            await side.SendAsync(StreamHead + sent);
            await side.ClosedAsync();
        });
        await using var gateway = await GatewayServer.StartAsync(raw: true, node.Address);
        using var socket = await gateway.ConnectAsync();
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {GatewayServer.Path} HTTP/1.1\r\nHost: test\r\n\r\n"));
        var received = "";
        await ReceiveUntilAsync(() => received.Contains("\r\n\r\n" + sent, StringComparison.Ordinal));
        await Eventually.UntilAsync("it is relayed", () => gateway.Relayed == 1);
        var stopped = gateway.StopAsync();
        await ReceiveUntilAsync(() => false);
        var body = received[(received.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        if (sent.Length == 0)
            Assert.Matches("^[0-9a-f]+\r\nretry: [0-9]+\n\n\r\n0\r\n\r\n$", body);
        else
            Assert.Equal(sent, body);
        socket.Dispose();
        await Eventually.WithinAsync("the gateway has stopped", stopped);

        async Task ReceiveUntilAsync(Func<bool> condition)
        {
            var buffer = new byte[4_096];
            while (!condition() && await Eventually.WithinAsync("bytes", socket.ReceiveAsync(buffer)) is var count and > 0)
                received += Encoding.ASCII.GetString(buffer, 0, count);
        }
    }

    [Fact]
    public async Task Whatever_a_viewer_sends_behind_its_request_disturbs_nobody()
    {
        using var node = new ScriptedNode(async side =>
        {
            await side.SendAsync(StreamHead + Chunk("data: 1\n\n"));
            await side.ClosedAsync();
        });
        await using var gateway = await GatewayServer.StartAsync(raw: true, node.Address);
        using var other = await gateway.WatchAsync();
        foreach (var after in new[] { new string('\0', 3_000), $"GET {GatewayServer.Path} HTTP/1.1\r\nHost: x\r\n\r\n", "GET" })
        {
            using var along = await gateway.WatchAsync(after: after);
            await along.ReadUntilAsync("its event", () => along.Body.Length > 0);
            using var later = await gateway.WatchAsync();
            await later.Socket.SendAsync(Encoding.ASCII.GetBytes(after));
            await later.ReadUntilAsync("its event", () => later.Body.Length > 0);
        }

        await other.ReadUntilAsync("its event", () => other.Body.Length > 0);
        await Eventually.UntilAsync("only one is left", () => gateway.Relayed == 1);
        Assert.Null(other.Ended);
    }
}
