using System.Net;
using System.Net.WebSockets;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Transports;

/// <summary>What a WebSocket through the gateway sees of its node, and what the gateway makes of nodes that can't take it.</summary>
[Collection(LiveNodesCollection.Name)]
public sealed class SocketsThroughTheGateway(LiveNodes nodes)
{
    [Fact]
    public async Task Posts_pings_and_close_codes_pass_the_gateway()
    {
        await using var gateway = nodes.NewGateway([.. nodes.Nodes]);
        await gateway.StartAsync();
        var (streamId, author) = await nodes.NewStreamAsync();
        await using var socket = await SocketClient.OpenAsync(gateway.Address, $"/live/streams/{streamId}/ws", await nodes.TokenOfAsync("bob"), origin: LiveNodes.AllowedOrigin);
        await socket.PostAsync(streamId, "through the gateway", "key");
        Assert.Equal(AckStatus.Accepted, (await socket.NextAckAsync()).Status);
        Assert.Equal("through the gateway", (await socket.NextCommentAsync("the post")).Content);
        await socket.SendAsync([1], WebSocketMessageType.Binary);
        Assert.Equal(LiveCloseCodes.InvalidMessages, await socket.UntilClosedAsync());

        // Who answers no ping is gone; who does, reading, is not.
        await using var reading = await SocketClient.OpenAsync(gateway.Address, $"/live/streams/{streamId}/ws");
        await reading.NextOfTypeAsync(ServerMessageTypes.CommentsBatch);
        var next = reading.NextCommentAsync("a comment to who answers");
        using var silent = await RawViewer.OpenSocketAsync(gateway.Address, streamId);
        await silent.ReadToEndAsync("the end of who answers no ping");
        await RunningSystem.PostAcceptedAsync(author, streamId, "still there");
        Assert.Equal("still there", (await next).Content);

        // A page of the gateway's own host, and one of nobody's.
        await using var own = await SocketClient.OpenAsync(gateway.Address, "/live/ws", origin: $"http://{gateway.Address.Authority}");
        Assert.Equal(HttpStatusCode.Forbidden, (await Assert.ThrowsAsync<HttpRequestException>(() => SocketClient.OpenAsync(gateway.Address, "/live/ws", origin: "https://evil.example"))).StatusCode);
    }

    [Fact]
    public async Task The_gateway_tells_its_node_who_the_client_is_and_no_client_can_tell_otherwise()
    {
        await using var node = nodes.NewNode(settings: ("Live__MaxPerAddress", "1"));
        await using var gateway = nodes.NewGateway([node], ("Proxies__Trusted__0", "192.0.2.1"));
        await Task.WhenAll(node.StartAsync(), gateway.StartAsync());
        var (streamId, _) = await nodes.NewStreamAsync();
        using var client = new HttpClient { BaseAddress = gateway.Address };
        // The test is on this machine, and so is believed by the gateway: as a load balancer would be.
        Assert.Equal(HttpStatusCode.OK, await TryAsync("198.51.100.1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await TryAsync("198.51.100.1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await TryAsync("198.51.100.77, 198.51.100.1, 192.0.2.1"));
        Assert.Equal(HttpStatusCode.OK, await TryAsync("198.51.100.2"));

        async Task<HttpStatusCode> TryAsync(string forwarded)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/live/streams/{streamId}/events") { Headers = { { "X-Forwarded-For", forwarded } } };
            return (await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead)).StatusCode;
        }
    }

    [Theory]
    [InlineData("killed")]
    [InlineData("full")]
    [InlineData("stopping")]
    public async Task Viewers_of_a_node_that_cannot_take_them_get_another_without_noticing(string fault)
    {
        await using var good = nodes.NewNode();
        await using var bad = nodes.NewNode(settings: ("Fanout__MaxConnections", "6"));
        await using var gateway = nodes.NewGateway([bad, good]);
        await Task.WhenAll(good.StartAsync(), bad.StartAsync(), gateway.StartAsync());
        using var deaf = await RawViewer.OpenSocketAsync(bad.Address, (await nodes.NewStreamAsync()).StreamId);
        var full = new List<RawViewer>();
        switch (fault)
        {
            case "killed":
                await bad.KillAsync();
                break;
            case "stopping":
                // Who doesn't answer its close is waited for: long enough to be asked meanwhile.
                bad.Stop();
                break;
            default:
                await Eventually.UntilAsync("no place is left", async () =>
                {
                    full.Add(await RawViewer.OpenEventsAsync(bad.Address, (await nodes.NewStreamAsync()).StreamId));
                    return false;
                }, TimeSpan.FromSeconds(1)).ContinueWith(_ => { }, TaskScheduler.Default);
                break;
        }

        // Of so many streams, each node has some.
        for (var stream = 0; stream < 12; stream++)
        {
            var (streamId, author) = await nodes.NewStreamAsync();
            await using var sse = await LiveClient.OpenAsync(LiveClient.Sse, gateway.Address, streamId);
            await using var socket = await LiveClient.OpenAsync(LiveClient.WebSocket, gateway.Address, streamId);
            await RunningSystem.PostAcceptedAsync(author, streamId, "here");
            Assert.Equal("here", (await sse.NextCommentAsync("the comment")).Content);
            Assert.Equal("here", (await socket.NextCommentAsync("the comment")).Content);
        }

        full.ForEach(viewer => viewer.Dispose());
    }

    [Fact]
    public async Task When_the_only_node_stops_a_viewer_is_told_to_come_back()
    {
        await using var node = nodes.NewNode();
        await using var gateway = nodes.NewGateway([node]);
        await Task.WhenAll(node.StartAsync(), gateway.StartAsync());
        var (streamId, _) = await nodes.NewStreamAsync();
        using var client = new HttpClient { BaseAddress = gateway.Address };
        // It doesn't answer its close, so the node is there for a while longer.
        using var deaf = await RawViewer.OpenSocketAsync(node.Address, streamId);
        node.Stop();
        await Eventually.UntilAsync("the node refuses", async () =>
        {
            using var answer = await client.GetAsync(new Uri($"/live/streams/{streamId}/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
            if (answer.StatusCode == HttpStatusCode.OK)
                return false;
            await ProblemDocument.AssertAsync(answer, HttpStatusCode.ServiceUnavailable, ErrorCodes.Unavailable, retryable: true);
            Assert.NotNull(answer.Headers.RetryAfter);
            Assert.False(answer.Headers.Contains(LiveHeaders.Stopping));
            return true;
        });
    }
}
