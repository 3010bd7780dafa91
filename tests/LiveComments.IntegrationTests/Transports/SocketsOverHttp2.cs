using System.Net.WebSockets;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Transports;

/// <summary>A WebSocket as one of the streams of an HTTP/2 connection (RFC 8441), at a node and through the gateway.</summary>
[Collection(LiveNodesCollection.Name)]
public sealed class SocketsOverHttp2(LiveNodes nodes)
{
    // More bytes than the web server takes of a request's body.
    private const int Posts = 30;

    // Five seconds are how long it is patient with a body that doesn't flow.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(7);

    [Fact]
    public async Task A_WebSocket_over_http_2_posts_is_quiet_is_pinged_and_is_closed_with_a_code()
    {
        await using var node = nodes.NewNode();
        var nodeAddress = node.AddHttp2();
        await using var gateway = nodes.NewGateway([node]);
        var gatewayAddress = gateway.AddHttp2();
        await Task.WhenAll(node.StartAsync(), gateway.StartAsync());
        var (streamId, author) = await nodes.NewStreamAsync();
        await using var direct = await SocketClient.OpenAsync(nodeAddress, $"/live/streams/{streamId}/ws", await nodes.TokenOfAsync("bob"), http2: true);
        await using var proxied = await SocketClient.OpenAsync(gatewayAddress, $"/live/streams/{streamId}/ws", await nodes.TokenOfAsync("eve"), http2: true);
        SocketClient[] sockets = [direct, proxied];
        Assert.All(sockets, socket => Assert.Equal(LiveSocket.SubProtocol, socket.SubProtocol));

        var text = new string('x', Limits.MaxContentCharacters - 10);
        var expected = Enumerable.Range(0, 2 * Posts).Select(number => $"{number} {text}").ToList();
        for (var number = 0; number < expected.Count; number++)
        {
            await sockets[number % 2].PostAsync(streamId, expected[number], $"key-{number}");
            // Each waits for the other's, so that there is one order.
            foreach (var socket in sockets)
                Assert.Equal(expected[number], (await socket.NextCommentAsync("the post")).Content);
        }

        // Reading, they answer pings; otherwise they are silent, and for longer than a body may be.
        var next = Task.WhenAll(sockets.Select(socket => socket.NextCommentAsync("a comment after the silence")));
        await Assert.ThrowsAsync<TimeoutException>(() => next.WaitAsync(Silence, TimeProvider.System));
        await RunningSystem.PostAcceptedAsync(author, streamId, "at last");
        Assert.All(await next, comment => Assert.Equal("at last", comment.Content));

        foreach (var socket in sockets)
        {
            await socket.SendAsync([1, 2, 3], WebSocketMessageType.Binary);
            Assert.Equal(LiveCloseCodes.InvalidMessages, await socket.UntilClosedAsync());
        }

        await Eventually.UntilAsync("both are counted out", async () => await LiveNodes.MetricAsync(node, "livecomments_connections", "ws") == 0);
    }

    [Fact]
    public async Task An_http_2_request_that_opens_no_WebSocket_is_told_how_to()
    {
        await using var node = nodes.NewNode();
        var address = node.AddHttp2();
        await node.StartAsync();
        using var client = new HttpClient { BaseAddress = address, DefaultRequestVersion = new Version(2, 0), DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var answer = await client.GetAsync(new Uri("/live/ws", UriKind.Relative));
        await ProblemDocument.AssertAsync(answer, System.Net.HttpStatusCode.UpgradeRequired, ErrorCodes.UpgradeRequired);
    }
}
