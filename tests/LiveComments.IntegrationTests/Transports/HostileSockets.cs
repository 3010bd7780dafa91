using System.Net;
using System.Net.WebSockets;
using System.Text;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;

namespace LiveComments.IntegrationTests.Transports;

/// <summary>What a WebSocket client may send that it shouldn't.</summary>
[Collection(LiveNodesCollection.Name)]
public sealed class HostileSockets(LiveNodes nodes)
{
    private Uri Node => nodes.Nodes[0].Address;

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("{}")]
    [InlineData("{\"type\":5}")]
    [InlineData("{\"type\":\"\\ud800\"}")]
    [InlineData("{\"type\":\"nothing_of_ours\",\"payload\":{}}")]
    [InlineData("{\"type\":\"join_stream\"}")]
    [InlineData("{\"type\":\"join_stream\",\"payload\":null}")]
    [InlineData("{\"type\":\"join_stream\",\"payload\":[]}")]
    [InlineData("{\"type\":\"join_stream\",\"payload\":{\"streamId\":5}}")]
    [InlineData("{\"type\":\"join_stream\",\"payload\":{\"streamId\":\"\\udfff\"}}")]
    [InlineData("{\"type\":\"join_stream\",\"type\":\"leave_stream\",\"payload\":{}}")]
    [InlineData("{\"type\":\"join_stream\",\"payload\":{\"streamId\":\"a\",\"streamId\":\"b\"}}")]
    [InlineData("{\"type\":\"join_stream\",\"payload\":{\"a\":{\"b\":{\"c\":{\"d\":{\"e\":{\"f\":{\"g\":{}}}}}}}}}")]
    [InlineData("{\"type\":\"post_comment\",\"payload\":{\"streamId\":\"demo\",\"content\":\"no key\"}}")]
    [InlineData("{\"type\":\"post_comment\",\"payload\":{\"streamId\":\"demo\",\"content\":\"a\",\"idempotencyKey\":\"a b\"}}")]
    [InlineData("{\"type\":\"post_comment\",\"payload\":{\"streamId\":\"demo\",\"content\":\"a\",\"idempotencyKey\":\"a\\r\\nEvil: yes\"}}")]
    [InlineData("{\"type\":\"react\",\"payload\":{\"streamId\":\"demo\"}}")]
    [InlineData("{\"type\":\"authenticate\",\"payload\":{}}")]
    public async Task A_malformed_message_is_refused_and_nothing_else_is_lost(string text)
    {
        var (streamId, author) = await nodes.NewStreamAsync();
        await using var socket = await SocketClient.OpenAsync(Node, $"/live/streams/{streamId}/ws");
        await socket.SendTextAsync(text);
        var error = await socket.NextErrorAsync();
        Assert.Equal((ErrorCodes.InvalidMessage, false), (error.Code, error.Retryable));
        await RunningSystem.PostAcceptedAsync(author, streamId, "still here");
        Assert.Equal("still here", (await socket.NextCommentAsync("what is posted after it")).Content);
    }

    [Theory]
    [InlineData("{\"type\":\"join_stream\",\"payload\":{\"streamId\":\"demo\",\"cursor\":\"1-x\"}}", ErrorCodes.CursorInvalid)]
    [InlineData("{\"type\":\"join_stream\",\"payload\":{\"streamId\":\"*\"}}", ErrorCodes.StreamNotFound)]
    [InlineData("{\"type\":\"join_stream\",\"payload\":{\"streamId\":\">\"}}", ErrorCodes.StreamNotFound)]
    [InlineData("{\"type\":\"join_stream\",\"payload\":{\"streamId\":\"no-such-stream\"}}", ErrorCodes.StreamNotFound)]
    [InlineData("{\"type\":\"authenticate\",\"payload\":{\"token\":\"a.b.c\"}}", ErrorCodes.Unauthorized)]
    [InlineData("{\"type\":\"authenticate\",\"payload\":{\"token\":\"x\\r\\nEvil: yes\"}}", ErrorCodes.Unauthorized)]
    [InlineData("{\"type\":\"react\",\"payload\":{\"streamId\":\"demo\",\"reactionType\":\"like\"}}", ErrorCodes.Unauthorized)]
    public async Task What_cannot_be_done_is_an_error_with_its_code(string text, string code)
    {
        await using var socket = await SocketClient.OpenAsync(Node, "/live/ws");
        await socket.SendTextAsync(text);
        Assert.Equal(code, (await socket.NextErrorAsync()).Code);
    }

    [Fact]
    public async Task Who_goes_on_with_malformed_messages_is_sent_away_for_good()
    {
        await using var socket = await SocketClient.OpenAsync(Node, "/live/ws");
        for (var message = 0; message < 10; message++)
            await socket.SendTextAsync("?");
        Assert.Equal(LiveCloseCodes.InvalidMessages, await socket.UntilClosedAsync());
    }

    [Fact]
    public async Task A_message_that_is_too_big_or_binary_ends_the_connection_for_good()
    {
        await using var big = await SocketClient.OpenAsync(Node, "/live/ws");
        await big.SendTextAsync(new string('x', Limits.MaxSocketMessageBytes + 1));
        Assert.Equal(LiveCloseCodes.MessageTooBig, await big.UntilClosedAsync());

        await using var binary = await SocketClient.OpenAsync(Node, "/live/ws");
        await binary.SendAsync([1, 2, 3], WebSocketMessageType.Binary);
        Assert.Equal(LiveCloseCodes.InvalidMessages, await binary.UntilClosedAsync());

        await using var notUtf8 = await SocketClient.OpenAsync(Node, "/live/ws");
        await notUtf8.SendAsync([(byte)'"', 0xC3, 0x28, (byte)'"'], WebSocketMessageType.Text);
        Assert.Equal((int)WebSocketCloseStatus.InvalidPayloadData, await notUtf8.UntilClosedAsync());

        await using var hollow = await SocketClient.OpenAsync(Node, "/live/ws");
        for (var piece = 0; piece < 12; piece++)
            await hollow.SendAsync([], WebSocketMessageType.Text, endOfMessage: false);
        Assert.Equal(LiveCloseCodes.InvalidMessages, await hollow.UntilClosedAsync());
    }

    [Fact]
    public async Task The_largest_message_and_one_in_pieces_are_read_as_they_are()
    {
        var (streamId, _) = await nodes.NewStreamAsync();
        var join = $"{{\"type\":\"join_stream\",\"payload\":{{\"streamId\":\"{streamId}\"}}}}";
        await using var largest = await SocketClient.OpenAsync(Node, "/live/ws");
        await largest.SendTextAsync(join.PadRight(Limits.MaxSocketMessageBytes));
        await largest.NextOfTypeAsync(ServerMessageTypes.CommentsBatch);

        await using var pieces = await SocketClient.OpenAsync(Node, "/live/ws");
        var bytes = Encoding.UTF8.GetBytes(join);
        for (var index = 0; index < bytes.Length; index++)
            await pieces.SendAsync([bytes[index]], WebSocketMessageType.Text, endOfMessage: index == bytes.Length - 1);
        await pieces.NextOfTypeAsync(ServerMessageTypes.CommentsBatch);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(LiveNodes.AllowedOrigin, true)]
    [InlineData("the node's own", true)]
    [InlineData("https://evil.example", false)]
    [InlineData("https://allowed.example.evil.example", false)]
    [InlineData("null", false)]
    public async Task Only_pages_of_this_host_and_of_allowed_origins_may_connect(string? origin, bool allowed)
    {
        if (origin == "the node's own")
            origin = $"http://{Node.Authority}";
        if (allowed)
        {
            await using var socket = await SocketClient.OpenAsync(Node, "/live/ws", origin: origin);
            Assert.Equal(LiveSocket.SubProtocol, socket.SubProtocol);
        }
        else
        {
            var refused = await Assert.ThrowsAsync<HttpRequestException>(() => SocketClient.OpenAsync(Node, "/live/ws", origin: origin));
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }
    }

    [Fact]
    public async Task Who_speaks_another_protocol_is_refused_and_who_names_none_is_not()
    {
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => SocketClient.OpenAsync(Node, "/live/ws", subProtocol: "chat"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        await using var socket = await SocketClient.OpenAsync(Node, "/live/ws", subProtocol: null);
        Assert.Null(socket.SubProtocol);
        using var client = new HttpClient { BaseAddress = Node };
        using var answer = await client.GetAsync(new Uri("/live/ws", UriKind.Relative));
        await ProblemDocument.AssertAsync(answer, HttpStatusCode.UpgradeRequired, ErrorCodes.UpgradeRequired);
    }
}
