using System.Net;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Transports;

/// <summary>How many connections one address and one user may have, over all transports.</summary>
[Collection(LiveNodesCollection.Name)]
public sealed class ConnectionLimits(LiveNodes nodes)
{
    private const string Forwarded = "X-Forwarded-For";

    public static TheoryData<string> Transports => TransportConformance.Transports;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_address_that_has_all_its_places_is_refused_by_every_transport_and_let_in_when_somebody_left(bool directWrites)
    {
        await using var node = nodes.NewNode(directWrites: directWrites, settings: ("Live__MaxPerAddress", "3"));
        await node.StartAsync();
        var (streamId, author) = await nodes.NewStreamAsync();
        await using var first = await OpenAsync(LiveClient.Sse, node, streamId);
        await using var second = await OpenAsync(LiveClient.WebSocket, node, streamId);
        await using var third = await OpenAsync(LiveClient.Sse, node, streamId);
        foreach (var path in new[] { $"/live/streams/{streamId}/events", $"/live/streams/{streamId}/events?wait=0" })
        {
            using var client = new HttpClient { BaseAddress = node.Address };
            client.DefaultRequestHeaders.Add("Accept", path.EndsWith('0') ? "application/json" : "text/event-stream");
            using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
            await ProblemDocument.AssertAsync(answer, HttpStatusCode.TooManyRequests, ErrorCodes.TooManyConnections, retryable: true);
            Assert.True(answer.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        }

        foreach (var path in new[] { $"/live/streams/{streamId}/ws", "/live/ws" })
            Assert.Equal(HttpStatusCode.TooManyRequests, (await Assert.ThrowsAsync<HttpRequestException>(() => SocketClient.OpenAsync(node.Address, path))).StatusCode);
        Assert.Equal(4, await LiveNodes.MetricAsync(node, "livecomments_viewers_refused", "address"));

        // Who is in notices nothing, and whoever leaves makes room, whichever way it was served.
        await RunningSystem.PostAcceptedAsync(author, streamId, "hello");
        foreach (var viewer in new[] { first, second, third })
            Assert.Equal("hello", (await viewer.NextCommentAsync("the comment")).Content);
        await first.DisposeAsync();
        await using (await Eventually.GetAsync("the place of who left", () => OpenOrNullAsync(node, streamId)))
        {
        }

        await second.DisposeAsync();
        await using var polling = new PollClient(node.Address, streamId, cursor: null, token: null);
        await Eventually.UntilAsync("a poll takes a place, too", async () => (await polling.PollAsync(wait: 0)).Messages.Count > 0);
    }

    [Fact]
    public async Task A_user_is_counted_on_every_transport_and_a_WebSocket_from_when_it_says_who_it_is()
    {
        await using var node = nodes.NewNode(settings: ("Live__MaxPerUser", "2"));
        await node.StartAsync();
        var (streamId, _) = await nodes.NewStreamAsync();
        var (ada, bob) = (await nodes.TokenOfAsync("ada"), await nodes.TokenOfAsync("bob"));
        await using var page = await LiveClient.OpenAsync(LiveClient.Sse, node.Address, streamId, token: ada);
        await using var socket = await SocketClient.OpenAsync(node.Address, "/live/ws");
        await socket.SendAsync(ClientMessageTypes.Authenticate, new Authenticate(ada), ContractsJson.Default.Authenticate);
        // Again, as with a newer token, is not once more.
        await socket.SendAsync(ClientMessageTypes.Authenticate, new Authenticate(ada), ContractsJson.Default.Authenticate);
        await socket.JoinAsync(streamId);
        await socket.NextOfTypeAsync(ServerMessageTypes.CommentsBatch);

        foreach (var transport in new[] { LiveClient.Sse, LiveClient.WebSocket })
            Assert.Equal(HttpStatusCode.TooManyRequests, (await Assert.ThrowsAsync<HttpRequestException>(() => LiveClient.OpenAsync(transport, node.Address, streamId, token: ada))).StatusCode);
        await using var late = await SocketClient.OpenAsync(node.Address, $"/live/streams/{streamId}/ws", bob);
        await late.SendAsync(ClientMessageTypes.Authenticate, new Authenticate(ada), ContractsJson.Default.Authenticate);
        var error = await late.NextErrorAsync();
        Assert.Equal((ErrorCodes.TooManyConnections, true), (error.Code, error.Retryable));
        // It stays who it was.
        await late.PostAsync(streamId, "still bob", "key");
        Assert.Equal("bob", (await late.NextCommentAsync("the post")).Username);
        await using var others = await LiveClient.OpenAsync(LiveClient.Sse, node.Address, streamId);

        await page.DisposeAsync();
        await Eventually.UntilAsync("the page's place is free", async () =>
        {
            await late.SendAsync(ClientMessageTypes.Authenticate, new Authenticate(ada), ContractsJson.Default.Authenticate);
            await late.PostAsync(streamId, "ada now?", Guid.NewGuid().ToString("N"));
            return (await late.NextCommentAsync("the post")).Username == "ada";
        });
    }

    [Fact]
    public async Task Only_a_trusted_proxy_is_believed_about_whom_it_speaks_for()
    {
        await using var node = nodes.NewNode(settings: [("Live__MaxPerAddress", "1"), ("Proxies__Trusted__0", "192.0.2.0/24")]);
        await node.StartAsync();
        var (streamId, _) = await nodes.NewStreamAsync();
        // This machine is believed, and so is a proxy behind it that is on the list.
        Assert.Equal(HttpStatusCode.OK, await TryAsync("198.51.100.1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await TryAsync("198.51.100.1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await TryAsync("198.51.100.1, 192.0.2.7"));
        Assert.Equal(HttpStatusCode.OK, await TryAsync("198.51.100.2"));
        // What stands before the first that isn't, anybody could have made up.
        Assert.Equal(HttpStatusCode.TooManyRequests, await TryAsync("203.0.113.9, 198.51.100.2"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await TryAsync("203.0.113.9, 198.51.100.2, 192.0.2.7"));
        Assert.Equal(HttpStatusCode.OK, await TryAsync("2001:db8::1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await TryAsync("2001:db8::2"));
        Assert.Equal(HttpStatusCode.OK, await TryAsync("2001:db8:0:1::2"));
        await Task.CompletedTask;

        async Task<HttpStatusCode> TryAsync(string forwarded)
        {
            var client = new HttpClient { BaseAddress = node.Address };
            client.DefaultRequestHeaders.Add(Forwarded, forwarded);
            // Left open on purpose, until the node ends.
            return (await client.GetAsync(new Uri($"/live/streams/{streamId}/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead)).StatusCode;
        }
    }

    [Theory]
    [InlineData("Live__MaxPerAddress", "0")]
    [InlineData("Live__MaxPerUser", "-1")]
    [InlineData("Live__Drain", "00:00:21")]
    [InlineData("Live__PeerTimeout", "00:01:00")]
    [InlineData("Proxies__Trusted__0", "everybody")]
    public async Task A_wrong_setting_is_named_at_the_start(string name, string value)
    {
        await using var node = nodes.NewNode(settings: (name, value));
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(node.StartAsync);
        Assert.Contains(name.Split("__")[1], fault.Message, StringComparison.Ordinal);
    }

    private static async Task<LiveClient> OpenAsync(string transport, ServiceProcess node, string streamId)
    {
        var viewer = await LiveClient.OpenAsync(transport, node.Address, streamId);
        await viewer.NextOfTypeAsync(ServerMessageTypes.CommentsBatch);
        return viewer;
    }

    private static async Task<LiveClient?> OpenOrNullAsync(ServiceProcess node, string streamId)
    {
        try
        {
            return await OpenAsync(LiveClient.Sse, node, streamId);
        }
        catch (HttpRequestException exception) when (exception.StatusCode == HttpStatusCode.TooManyRequests)
        {
            return null;
        }
    }
}
