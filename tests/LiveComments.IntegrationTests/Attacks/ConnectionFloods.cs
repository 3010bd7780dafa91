using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LiveComments.IntegrationTests.Attacks.Sockets;
using LiveComments.IntegrationTests.Transports;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Attacks;

/// <summary>Thousands of connections that come and go: no more are let in than there are places, who was there stays, and every place is given back.</summary>
[Collection(LiveNodesCollection.Name)]
public sealed class ConnectionFloods(LiveNodes nodes)
{
    private const int PerAddress = 40;
    private const int PerUser = 5;
    private const int Waves = 20;
    private const int PerWave = 100;

    // Above what one wave opens, with the test's own.
    private const int Connections = 250;

    private const string Flooder = "198.51.100.1";

    [Fact]
    public async Task A_flood_of_viewers_of_one_address_takes_no_more_than_its_places_and_gives_all_back()
    {
        await using var node = nodes.NewNode(settings: [("Live__MaxPerAddress", Text(PerAddress)), ("Live__MaxPerUser", Text(PerUser)), ("Fanout__MaxConnections", Text(Connections))]);
        await node.StartAsync();
        var (streamId, author) = await nodes.NewStreamAsync();
        var token = await nodes.TokenOfAsync("flooder");
        await using var sse = await LiveClient.OpenAsync(LiveClient.Sse, node.Address, streamId);
        await using var socket = await LiveClient.OpenAsync(LiveClient.WebSocket, node.Address, streamId);
        for (var wave = 0; wave < Waves; wave++)
        {
            var opened = await Task.WhenAll(Enumerable.Range(0, PerWave).Select(number => TryAsync(node, Request(streamId, number, token))));
            Assert.InRange(opened.Count(one => one.IsIn), 0, PerAddress);
            var content = string.Create(CultureInfo.InvariantCulture, $"in wave {wave}");
            await RunningSystem.PostAcceptedAsync(author, streamId, content);
            foreach (var viewer in new[] { sse, socket })
                Assert.Equal(content, (await viewer.NextCommentAsync(content)).Content);
            foreach (var one in opened)
                one.Dispose();
        }

        await Eventually.UntilAsync("only those are left who were there before", async () => await LiveNodes.MetricAsync(node, "livecomments_connections") == 2);
        // All places are there again: as many as ever get in, and one more does not.
        var last = new List<Flooding>();
        while (last.Count < PerAddress)
            last.Add(await Eventually.GetAsync("a place that was given back", async () => await TryAsync(node, Events(streamId, "")) is { IsIn: true } viewer ? viewer : null));
        using (var refused = await TryAsync(node, Events(streamId, "")))
            Assert.Equal(429, refused.Status);
        last.ForEach(viewer => viewer.Dispose());
    }

    [Fact]
    public async Task A_flood_of_one_user_from_everywhere_takes_no_more_than_that_users_places()
    {
        await using var node = nodes.NewNode(settings: ("Live__MaxPerUser", Text(PerUser)));
        await node.StartAsync();
        var (streamId, _) = await nodes.NewStreamAsync();
        var token = await nodes.TokenOfAsync("flooder");
        var opened = await Task.WhenAll(Enumerable.Range(0, PerWave).Select(number => TryAsync(node, Events(streamId, $"Authorization: Bearer {token}\r\n", string.Create(CultureInfo.InvariantCulture, $"203.0.113.{number}")))));
        Assert.Equal(PerUser, opened.Count(one => one.IsIn));
        Assert.Equal(PerWave - PerUser, opened.Count(one => one.Status == 429));
        foreach (var one in opened)
            one.Dispose();
        await Eventually.UntilAsync("nobody is left", async () => await LiveNodes.MetricAsync(node, "livecomments_connections") == 0);
    }

    [Fact]
    public async Task The_gateway_takes_as_many_connections_as_it_may_and_those_who_are_there_notice_nothing_of_the_others()
    {
        const int Most = 30;
        await using var gateway = nodes.NewGateway([nodes.Nodes[0]], ("Gateway__MaxConnections", Text(Most)));
        await gateway.StartAsync();
        var (streamId, author) = await nodes.NewStreamAsync();
        await using var viewer = await LiveClient.OpenAsync(LiveClient.Sse, gateway.Address, streamId);
        var idle = new List<Socket>();
        for (var count = 0; count < PerWave; count++)
        {
            var connection = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await connection.ConnectAsync(IPAddress.Loopback, gateway.Address.Port);
            idle.Add(connection);
        }

        await Eventually.UntilAsync("those beyond the bound are closed", () => idle.Count(IsClosed) >= PerWave - Most);
        await RunningSystem.PostAcceptedAsync(author, streamId, "undisturbed");
        Assert.Equal("undisturbed", (await viewer.NextCommentAsync("the comment")).Content);
        idle.ForEach(connection => connection.Dispose());
        await using var late = await Eventually.GetAsync("there is room again", async () => await LiveClient.OpenAsync(LiveClient.WebSocket, gateway.Address, streamId));
    }

    private static bool IsClosed(Socket socket) => socket.Poll(0, SelectMode.SelectRead);

    /// <summary>Viewers of every kind, and others who say nothing, half a request or nonsense.</summary>
    private static string Request(string streamId, int number, string token) => (number % 6) switch
    {
        0 or 1 => Events(streamId, ""),
        2 => RawSocket.Handshake($"/live/streams/{streamId}/ws").Replace("Host: g\r\n", $"Host: g\r\nX-Forwarded-For: {Flooder}\r\n", StringComparison.Ordinal),
        3 => Events(streamId, $"Authorization: Bearer {token}\r\n"),
        4 => "GET /live/streams/demo/events HTTP/1.1\r\nHost:",
        _ => number % 4 == 1 ? "" : "\0\u0001\u0002\r\n\r\n",
    };

    private static string Events(string streamId, string headers, string address = Flooder) =>
        $"GET /live/streams/{streamId}/events HTTP/1.1\r\nHost: g\r\nX-Forwarded-For: {address}\r\n{headers}\r\n";

    private static async Task<Flooding> TryAsync(ServiceProcess node, string request)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var status = 0;
        try
        {
            await Eventually.WithinAsync("a connection", socket.ConnectAsync(IPAddress.Loopback, node.Address.Port));
            await socket.SendAsync(Encoding.Latin1.GetBytes(request));
            var buffer = new byte[1024];
            // Who doesn't ask to the end gets no answer, and is left there.
            if (request.EndsWith("\r\n\r\n", StringComparison.Ordinal) && await Eventually.WithinAsync("an answer", socket.ReceiveAsync(buffer)) >= 12)
                status = int.Parse(Encoding.ASCII.GetString(buffer, 9, 3), CultureInfo.InvariantCulture);
        }
        catch (SocketException)
        {
            // Closed at once, which is an answer as well.
        }

        return new Flooding(socket, status);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed record Flooding(Socket Socket, int Status) : IDisposable
    {
        public bool IsIn => Status is 200 or 101;

        public void Dispose() => Socket.Dispose();
    }
}
