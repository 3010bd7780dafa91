using System.Net.Sockets;
using System.Text;
using LiveComments.Fanout.Rooms;
using LiveComments.ServiceDefaults.Trunks;
using LiveComments.TestSupport;
using LiveComments.UnitTests.Gateway.Relay;

namespace LiveComments.UnitTests.Viewers;

/// <summary>Trunks as a node has them: who may open one, what may be said over it, and what it saves.</summary>
public sealed class TrunkTests
{
    private const int Viewers = 300;
    private const string Upgrade = $"Connection: Upgrade\r\nUpgrade: {TrunkProtocol.Name}\r\n";

    [Fact]
    public async Task Hundreds_of_viewers_over_one_connection_get_the_bytes_that_a_viewer_of_the_node_itself_gets()
    {
        await using var node = await ViewerServer.StartAsync(Way.Trunk);
        using var direct = await WireViewer.StartAsync(await node.ConnectDirectlyAsync());
        var viewers = new List<WireViewer>();
        for (var count = 0; count < Viewers; count++)
            viewers.Add(await node.WatchAsync());
        await Eventually.UntilAsync("all are in the room, over trunks", () => node.Staying == Viewers + 1 && node.Gateway.OverTrunks == Viewers);
        await Eventually.UntilAsync("the node has a handful of connections", () => node.WebServerConnections <= 2 * Environment.ProcessorCount);
        for (var number = 0; number < 100; number++)
        {
            node.Post($"{number} 日本語 {new string('x', number * number % 3_000)}");
            if (number % 3 == 0)
                node.Flush();
        }

        // Past everybody's credit at once.
        node.Post(new string('y', 200_000));
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
    }

    [Fact]
    public async Task When_the_gateway_breaks_its_viewers_have_left_and_come_back_whole_through_another()
    {
        await using var node = await ViewerServer.StartAsync(Way.Detached);
        WireViewer viewer;
        await using (var gateway = await GatewayServer.StartAsync(raw: true, node.Address.ToString(), trunks: true))
        {
            viewer = await gateway.WatchAsync();
            node.Post("one");
            await viewer.ReadUntilCommentAsync("one");
            Assert.Equal(1, gateway.OverTrunks);
        }

        await Eventually.UntilAsync("the viewer has left", () => node.Staying == 0);
        node.Post("two");
        node.Flush();
        await using var next = await GatewayServer.StartAsync(raw: true, node.Address.ToString(), trunks: true);
        using var back = await next.WatchAsync(headers: $"Last-Event-ID: {viewer.LastEventId()}\r\n");
        await back.ReadUntilCommentAsync("two");
        Assert.Equal(["two"], back.Comments());
        viewer.Dispose();
    }

    [Theory]
    [InlineData("X-Forwarded-For: 192.0.2.1\r\n" + Upgrade, "403")]
    [InlineData("", "426")]
    [InlineData("Connection: Upgrade\r\nUpgrade: livecomments-trunk-0\r\n", "426")]
    [InlineData(Upgrade, "101")]
    public async Task Only_a_gateway_itself_that_speaks_the_protocol_opens_a_trunk(string headers, string status)
    {
        await using var node = await ViewerServer.StartAsync(Way.Detached);
        using var asker = await WireViewer.StartAsync(await node.ConnectAsync(), headers: headers, requestLine: $"GET {TrunkProtocol.Path} HTTP/1.1");
        Assert.StartsWith($"HTTP/1.1 {status} ", asker.Head, StringComparison.Ordinal);
        Assert.Equal(status == "101", asker.Head.Contains($"{TrunkProtocol.Header}: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_names_a_trunk_that_is_not_there_is_served_over_the_own_connection()
    {
        await using var node = await ViewerServer.StartAsync(Way.Detached);
        foreach (var seat in new[] { "0123456789ABCDEF0123456789ABCDEF/1", "nonsense", "/", "" })
        {
            using var viewer = await node.WatchAsync(headers: $"{TrunkProtocol.Header}: {seat}\r\n");
            node.Post(seat);
            node.Flush();
            await viewer.ReadUntilCommentAsync(seat);
            Assert.DoesNotContain(TrunkProtocol.Header, viewer.Head, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task A_gateway_that_says_what_is_no_record_loses_its_trunk_and_nobody_else_anything() => await Seed.ForEachAsync(10, async random =>
    {
        await using var node = await ViewerServer.StartAsync(Way.Detached);
        using var other = await node.WatchAsync();
        using var gateway = await ByHand.OpenAsync(node);
        using var viewer = await gateway.JoinAsync(node, 1);
        await Eventually.UntilAsync("the viewer is there", () => node.Staying == 2);
        var garbage = new byte[random.Next(GatewayRecord.Length, 500)];
        random.NextBytes(garbage);
        garbage[0] = 9;
        await gateway.Socket.SendAsync(garbage);
        await gateway.UntilClosedAsync();
        await Eventually.UntilAsync("its viewer has left", () => node.Staying == 1);
        node.Post("one");
        await other.ReadUntilCommentAsync("one");
    });

    [Fact]
    public async Task Two_viewers_of_one_number_and_credit_without_end_are_found_out()
    {
        await using var node = await ViewerServer.StartAsync(Way.Detached);
        using var twice = await ByHand.OpenAsync(node);
        using var first = await twice.JoinAsync(node, 7);
        using var second = await twice.JoinAsync(node, 7);
        await twice.UntilClosedAsync();
        using var rich = await ByHand.OpenAsync(node);
        using var viewer = await rich.JoinAsync(node, 1);
        await rich.SayAsync(new GatewayRecord(GatewayRecordKind.Credit, 1, TrunkProtocol.Window));
        await rich.SayAsync(new GatewayRecord(GatewayRecordKind.Credit, 1, 1));
        await rich.UntilClosedAsync();
        await Eventually.UntilAsync("nobody is left", () => node.Staying == 0);
    }

    [Fact]
    public async Task Nothing_is_sent_beyond_the_credit_and_who_is_gone_before_coming_is_not_let_in()
    {
        await using var node = await ViewerServer.StartAsync(Way.Detached);
        using var gateway = await ByHand.OpenAsync(node);
        await gateway.SayAsync(new GatewayRecord(GatewayRecordKind.Gone, 5, 0));
        // Answered, and so the one before has been heard.
        await gateway.SayAsync(new GatewayRecord(GatewayRecordKind.Credit, 6, 1));
        Assert.Equal((NodeRecordKind.End, 6u), await gateway.NextAsync());
        using var gone = await gateway.JoinAsync(node, 5);
        await Eventually.UntilAsync("it is not in the room", () => node.Staying == 0);
        using var viewer = await gateway.JoinAsync(node, 8);
        node.Post("one");
        await gateway.SayAsync(new GatewayRecord(GatewayRecordKind.Credit, 8, 10));
        Assert.Equal((NodeRecordKind.Bytes, 8u), await gateway.NextAsync());
        Assert.Equal(10, gateway.LastBytes);
        // A viewer whose gateway gives it no more is as slow as any.
        await Eventually.UntilAsync("it is closed", () =>
        {
            node.Clock.Advance(TimeSpan.FromSeconds(1));
            return node.Staying == 0;
        });
        Assert.Equal((NodeRecordKind.End, 8u), await gateway.NextAsync());
    }

    [Fact]
    public async Task Viewers_of_a_gateway_that_takes_nothing_are_let_go_and_those_of_another_notice_nothing()
    {
        await using var node = await ViewerServer.StartAsync(Way.Trunk);
        using var brisk = await node.WatchAsync(cursor: "1-1");
        using var stuck = await ByHand.OpenAsync(node, receiveBuffer: 4 * 1024);
        for (var number = 1u; number <= 40; number++)
        {
            using var joined = await stuck.JoinAsync(node, number);
            await stuck.SayAsync(new GatewayRecord(GatewayRecordKind.Credit, number, TrunkProtocol.Window));
        }

        await Eventually.UntilAsync("all are in the room", () => node.Staying == 41);
        for (var number = 0; node.Staying > 1; number++)
        {
            node.Post($"{number} {new string('x', 20_000)}");
            node.Clock.Advance(TimeSpan.FromMilliseconds(250));
            await brisk.ReadUntilAsync($"comment {number}", () => brisk.LastEventId() == $"1-{node.Sequence}");
            Assert.True(number < 400, "they are never let go");
        }

        Assert.Null(brisk.Ended);
    }

    [Fact]
    public async Task A_trunk_that_takes_nothing_is_given_up_and_viewers_over_another_notice_nothing()
    {
        // More than the kernel takes on both sides, and what waits behind that.
        const int Stuck = 60;
        await using var node = await ViewerServer.StartAsync(Way.Trunk);
        using var brisk = await node.WatchAsync();
        using var stuck = await ByHand.OpenAsync(node, receiveBuffer: 4 * 1024);
        for (var number = 1u; number <= Stuck; number++)
        {
            using var joined = await stuck.JoinAsync(node, number, node.SignedIn($"user-{number}", TimeSpan.FromHours(1)));
            await stuck.SayAsync(new GatewayRecord(GatewayRecordKind.Credit, number, TrunkProtocol.Window));
        }

        await Eventually.UntilAsync("all are in the room", () => node.Staying == Stuck + 1);
        // Each within the credit of its viewer, who is not slow: only the trunk is.
        for (var number = 1; number <= Stuck; number++)
            node.Room.Tell($"user-{number}", MessageEncoding.Error("NOTE", new string('x', TrunkProtocol.Window / 2), retryable: false));
        await Eventually.UntilAsync("the trunk is given up", () =>
        {
            node.Clock.Advance(TimeSpan.FromMilliseconds(250));
            return node.Staying == 1;
        });
        await stuck.UntilClosedAsync();
        // And is not there any more for who names it.
        using var late = await WireViewer.StartAsync(await node.ConnectDirectlyAsync(), headers: $"{TrunkProtocol.Header}: {TrunkProtocol.Seat(stuck.Id, Stuck + 1)}\r\n");
        Assert.DoesNotContain(TrunkProtocol.Taken, late.Head, StringComparison.Ordinal);
        node.Post("still there");
        node.Flush();
        await brisk.ReadUntilCommentAsync("still there");
    }

    /// <summary>A gateway whose every byte is the test's.</summary>
    private sealed class ByHand(Socket socket, string id) : IDisposable
    {
        private readonly List<byte> _held = [];

        public Socket Socket => socket;

        public string Id => id;

        public int LastBytes { get; private set; }

        public static async Task<ByHand> OpenAsync(ViewerServer node, int? receiveBuffer = null)
        {
            var socket = await node.ConnectDirectlyAsync(receiveBuffer);
            var opened = await WireViewer.StartAsync(socket, headers: Upgrade, requestLine: $"GET {TrunkProtocol.Path} HTTP/1.1");
            var line = opened.Head.Split("\r\n").Single(line => line.StartsWith(TrunkProtocol.Header, StringComparison.Ordinal));
            return new ByHand(socket, line[(TrunkProtocol.Header.Length + 2)..]);
        }

        /// <summary>A viewer who has got the beginning.</summary>
        public async Task<WireViewer> JoinAsync(ViewerServer node, uint number, string headers = "")
        {
            var viewer = await WireViewer.StartAsync(await node.ConnectDirectlyAsync(), headers: $"{headers}{TrunkProtocol.Header}: {TrunkProtocol.Seat(id, number)}\r\n");
            Assert.Contains($"{TrunkProtocol.Header}: {TrunkProtocol.Taken}\r\n", viewer.Head, StringComparison.Ordinal);
            await viewer.ReadToEndAsync();
            Assert.Equal(Ending.Proper, viewer.Ended);
            Assert.StartsWith("retry: ", Encoding.UTF8.GetString(viewer.Body), StringComparison.Ordinal);
            return viewer;
        }

        public async Task SayAsync(GatewayRecord record)
        {
            var bytes = new byte[GatewayRecord.Length];
            record.Write(bytes);
            await socket.SendAsync(bytes);
        }

        public async Task<(NodeRecordKind Kind, uint Number)> NextAsync()
        {
            var buffer = new byte[64 * 1024];
            while (true)
            {
                if (NodeRecord.TryRead([.. _held], out var record) == TrunkReading.Whole)
                {
                    var next = (record.Kind, record.Number(0));
                    LastBytes = record.Bytes.Length;
                    _held.RemoveRange(0, record.Length);
                    return next;
                }

                var received = await Eventually.WithinAsync("a record", socket.ReceiveAsync(buffer));
                Assert.NotEqual(0, received);
                _held.AddRange(buffer.AsSpan(0, received));
            }
        }

        public async Task UntilClosedAsync()
        {
            var buffer = new byte[4_096];
            try
            {
                while (await Eventually.WithinAsync("the trunk's end", socket.ReceiveAsync(buffer)) > 0)
                {
                }
            }
            catch (SocketException)
            {
            }
        }

        public void Dispose() => socket.Dispose();
    }
}
