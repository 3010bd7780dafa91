using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using LiveComments.TestSupport;
using LiveComments.UnitTests.Viewers;
using static LiveComments.UnitTests.Gateway.Relay.ScriptedNode;

namespace LiveComments.UnitTests.Gateway.Relay;

/// <summary>Streams through the gateway, as bytes and by YARP: what each way promises.</summary>
public sealed class RelayTests
{
    private const int Cuts = 2_000;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_passes_whole_with_the_gateways_own_headers_and_ends_once(bool raw)
    {
        using var node = new ScriptedNode(async side =>
        {
            // The body's beginning comes in one piece with the head.
            await side.SendAsync(StreamHead + Chunk("data: first\n\n"));
            await side.SendAsync(Chunk("data: 日本語\n\n"));
            await side.SendAsync(LastChunk);
        });
        await using var gateway = await GatewayServer.StartAsync(raw, node.Address);
        using var viewer = await gateway.WatchAsync();
        await viewer.ReadToEndAsync();
        Assert.Equal(Ending.Proper, viewer.Ended);
        Assert.Equal("data: first\n\ndata: 日本語\n\n", Encoding.UTF8.GetString(viewer.Body));
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", viewer.Head, StringComparison.Ordinal);
        foreach (var header in new[] { "Content-Type: text/event-stream", "Cache-Control: no-store", "X-Node: one", "X-Gateway: here", "Transfer-Encoding: chunked" })
            Assert.Contains($"{header}\r\n", viewer.Head, StringComparison.Ordinal);
        Assert.Equal(raw ? 1 : 0, gateway.EverRelayed);
        if (raw)
            // And nothing comes behind the end.
            Assert.Equal(0, await Eventually.WithinAsync("the connection's end", viewer.Socket.ReceiveAsync(new byte[1])));
    }

    [Fact]
    public async Task The_node_gets_the_same_request_byte_for_byte_either_way()
    {
        using var node = new ScriptedNode(side => side.SendAsync(StreamHead + LastChunk));
        const string Headers = "Authorization: Bearer x.y.z\r\nCookie: a=1; b=2\r\nCookie: c=3\r\nLast-Event-ID: 1-17\r\nOrigin: https://video.example\r\n" +
            "Accept: text/event-stream\r\nAccept-Language: de\r\nAccept-Language: en\r\nUser-Agent: test (a) b/1\r\nX-Multi: one\r\nX-Multi: two, three\r\nX-Name: Żółć\r\n" +
            "X-Forwarded-For: 1.2.3.4\r\nKeep-Alive: timeout=5\r\nTE: trailers\r\nProxy-Authorization: secret\r\nConnection: X-Hop\r\nX-Hop: 1\r\nPragma: no-cache\r\nReferer: https://video.example/watch?x=1\r\n" +
            "Accept-Encoding: gzip, br\r\n";
        var seen = new List<string>();
        foreach (var raw in new[] { false, true })
        {
            await using var gateway = await GatewayServer.StartAsync(raw, node.Address);
            using var viewer = await gateway.ConnectAsync();
            await viewer.SendAsync(Encoding.UTF8.GetBytes($"GET {GatewayServer.Path}?cursor=1-5&x=%2F%20 HTTP/1.1\r\nHost: video.example\r\n{Headers}\r\n"));
            await Eventually.UntilAsync("the node has the request", () => !node.Requests.IsEmpty);
            Assert.True(await Eventually.WithinAsync("the answer", viewer.ReceiveAsync(new byte[1])) == 1);
            Assert.Equal(raw ? 1 : 0, gateway.EverRelayed);
            Assert.True(node.Requests.TryDequeue(out var request));
            seen.Add(Masked(request!));
        }

        Assert.Equal(seen[0], seen[1]);
        Assert.Contains("X-Forwarded-For", seen[1], StringComparison.Ordinal);

        // What differs between any two requests.
        static string Masked(string request) => Regex.Replace(request, "(?<=traceparent: 00-)[0-9a-f-]+", "…", RegexOptions.IgnoreCase);
    }

    [Fact]
    public async Task Whoever_ends_at_whatever_byte_the_other_has_what_was_sent_and_ends_too()
    {
        var body = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 100).Select(number => Chunk($"data: {number} {new string('x', number % 50)}\n\n"))));
        var open = 0;
        using var node = new ScriptedNode(async side =>
        {
            Interlocked.Increment(ref open);
            try
            {
                // cut=<bytes of the body> then=end|break|wait piece=<bytes at once>
                var plan = side.Request.Split(' ')[1].Split('?')[1].Split('&').ToDictionary(pair => pair.Split('=')[0], pair => pair.Split('=')[1]);
                var (cut, piece) = (int.Parse(plan["cut"], CultureInfo.InvariantCulture), int.Parse(plan["piece"], CultureInfo.InvariantCulture));
                byte[] all = [.. Encoding.ASCII.GetBytes(StreamHead), .. body.AsSpan(0, cut)];
                for (var at = 0; at < all.Length; at += piece)
                    await side.SendAsync(all.AsMemory(at, Math.Min(piece, all.Length - at)));
                if (plan["then"] == "break")
                    side.Break();
                else if (plan["then"] == "wait")
                    await side.ClosedAsync();
            }
            finally
            {
                Interlocked.Decrement(ref open);
            }
        });
        await using var gateway = await GatewayServer.StartAsync(raw: true, node.Address);
        var seed = Random.Shared.Next();
        await Parallel.ForAsync(0, Cuts, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (number, _) =>
        {
            var random = new Random(seed + number);
            var cut = random.Next(body.Length);
            var then = random.Next(3) switch { 0 => "end", 1 => "break", _ => "wait" };
            using var socket = await gateway.ConnectAsync();
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {GatewayServer.Path}?cut={cut}&then={then}&piece={random.Next(1, 2_000)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
            // A viewer that goes before the end does so anywhere, in the head as well.
            var goes = then == "wait" ? random.Next(body.Length) : int.MaxValue;
            var received = new MemoryStream();
            var buffer = new byte[random.Next(1, 4_000)];
            try
            {
                while (received.Length < goes)
                {
                    var count = await Eventually.WithinAsync($"bytes (seed {seed + number}, {then} at {cut}, {received.Length} so far)", socket.ReceiveAsync(buffer));
                    if (count == 0)
                        break;
                    received.Write(buffer, 0, count);
                    if (then == "wait" && received.Length >= 200 + cut)
                        break;
                }
            }
            catch (SocketException) when (then == "break")
            {
            }

            if (random.Next(2) == 0)
                socket.LingerState = new LingerOption(enable: true, 0);
            var text = received.ToArray();
            var head = text.AsSpan().IndexOf("\r\n\r\n"u8);
            if (then == "end")
                Assert.True(text.AsSpan(head + 4).SequenceEqual(body.AsSpan(0, cut)), $"seed {seed + number}: {text.Length - head - 4} of {cut} bytes");
            else if (head >= 0 && Encoding.ASCII.GetString(text).StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
                Assert.True(body.AsSpan().StartsWith(text.AsSpan(head + 4)), $"seed {seed + number}: other bytes");
        });
        await Eventually.UntilAsync("the gateway has let go of every node's connection", () => Volatile.Read(ref open) == 0);
        await Eventually.UntilAsync("no stream is counted as relayed", () => gateway.Relayed == 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_viewer_that_leaves_or_closes_its_sending_side_ends_the_nodes_connection_at_once(bool raw)
    {
        var closed = 0;
        using var node = new ScriptedNode(async side =>
        {
            await side.SendAsync(StreamHead + Chunk("data: 1\n\n"));
            await side.ClosedAsync();
            Interlocked.Increment(ref closed);
        });
        await using var gateway = await GatewayServer.StartAsync(raw, node.Address);
        using (var leaves = await gateway.WatchAsync())
        {
        }

        using var breaks = await gateway.WatchAsync();
        breaks.Socket.Close(0);
        using var halfCloses = await gateway.WatchAsync();
        halfCloses.Socket.Shutdown(SocketShutdown.Send);
        await Eventually.UntilAsync("the node has lost all three", () => Volatile.Read(ref closed) == 3);
        Assert.Equal(0, gateway.Relayed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_a_node_breaks_its_viewers_stream_is_cut_at_once(bool raw)
    {
        using var broken = new CancellationTokenSource();
        using var node = new ScriptedNode(async side =>
        {
            await side.SendAsync(StreamHead + Chunk("data: 1\n\n"));
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, broken.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            side.Break();
        });
        await using var gateway = await GatewayServer.StartAsync(raw, node.Address);
        using var viewer = await gateway.WatchAsync();
        await viewer.ReadUntilAsync("the event", () => viewer.Body.Length > 0);
        await broken.CancelAsync();
        await viewer.ReadToEndAsync();
        Assert.Equal(Ending.Cut, viewer.Ended);
    }
}
