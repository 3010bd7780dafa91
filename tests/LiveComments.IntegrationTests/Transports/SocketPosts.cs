using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Transports;

/// <summary>Joining, leaving and writing over a WebSocket.</summary>
[Collection(LiveNodesCollection.Name)]
public sealed class SocketPosts(LiveNodes nodes)
{
    private Uri Node => nodes.Nodes[0].Address;

    [Fact]
    public async Task A_post_is_acknowledged_seen_by_all_and_the_same_in_every_retry()
    {
        var (streamId, _) = await nodes.NewStreamAsync();
        await using var other = await LiveClient.OpenAsync(LiveClient.Sse, nodes.Nodes[1].Address, streamId);
        await using var socket = await SocketClient.OpenAsync(Node, $"/live/streams/{streamId}/ws", await nodes.TokenOfAsync("bob"));
        await socket.PostAsync(streamId, "Hello, 世界 👋", "key-1");
        var ack = await socket.NextAckAsync();
        Assert.Equal(("key-1", AckStatus.Accepted), (ack.IdempotencyKey, ack.Status));
        var seen = await other.NextCommentAsync("the comment");
        Assert.Equal((ack.CommentId, "Hello, 世界 👋", "bob"), (seen.Id, seen.Content, seen.Username));

        await socket.PostAsync(streamId, "Hello, 世界 👋", "key-1");
        Assert.Equal(ack.CommentId, (await socket.NextAckAsync()).CommentId);
        await socket.PostAsync(streamId, "something else", "key-1");
        var reused = await socket.NextAckAsync();
        Assert.Equal((AckStatus.Rejected, ErrorCodes.IdempotencyKeyReused), (reused.Status, reused.Code));
    }

    [Theory]
    [InlineData("", ErrorCodes.ContentInvalid)]
    [InlineData(null, ErrorCodes.ContentInvalid)]
    [InlineData("a\0b", ErrorCodes.ContentInvalid)]
    public async Task What_Api_refuses_is_rejected_with_its_code(string? content, string code)
    {
        var (streamId, _) = await nodes.NewStreamAsync();
        await using var socket = await SocketClient.OpenAsync(Node, "/live/ws", await nodes.TokenOfAsync("bob"));
        await socket.PostAsync(streamId, content, "key");
        var ack = await socket.NextAckAsync();
        Assert.Equal(("key", AckStatus.Rejected, code), (ack.IdempotencyKey, ack.Status, ack.Code));
        Assert.NotNull(ack.Message);
    }

    [Theory]
    [InlineData("no-such-stream")]
    [InlineData("../users/me")]
    [InlineData("a?b")]
    public async Task A_post_to_no_stream_is_rejected(string streamId)
    {
        await using var socket = await SocketClient.OpenAsync(Node, "/live/ws", await nodes.TokenOfAsync("bob"));
        await socket.PostAsync(streamId, "hello", "key");
        var ack = await socket.NextAckAsync();
        Assert.Equal((AckStatus.Rejected, ErrorCodes.StreamNotFound), (ack.Status, ack.Code));
    }

    [Fact]
    public async Task Nobody_posts_without_a_token_and_one_may_be_sent_in_a_message()
    {
        var (streamId, _) = await nodes.NewStreamAsync();
        await using var socket = await SocketClient.OpenAsync(Node, $"/live/streams/{streamId}/ws");
        await socket.PostAsync(streamId, "who am I?", "key");
        var refused = await socket.NextAckAsync();
        Assert.Equal((AckStatus.Rejected, ErrorCodes.Unauthorized), (refused.Status, refused.Code));

        await socket.SendAsync(ClientMessageTypes.Authenticate, new Authenticate(await nodes.TokenOfAsync("bob")), ContractsJson.Default.Authenticate);
        await socket.PostAsync(streamId, "I am bob", "key");
        Assert.Equal(AckStatus.Accepted, (await socket.NextAckAsync()).Status);
        Assert.Equal("bob", (await socket.NextCommentAsync("the comment")).Username);
    }

    [Fact]
    public async Task Posts_of_one_connection_keep_their_order_however_fast_they_come()
    {
        const int Posts = 100;
        var (streamId, _) = await nodes.NewStreamAsync();
        await using var socket = await SocketClient.OpenAsync(Node, $"/live/streams/{streamId}/ws", await nodes.TokenOfAsync("bob"));
        for (var number = 0; number < Posts; number++)
            await socket.PostAsync(streamId, $"{number}", $"key-{number}");
        Assert.Equal(Enumerable.Range(0, Posts).Select(number => $"{number}"), await socket.NextContentsAsync(Posts, "own posts"));
    }

    [Fact]
    public async Task One_stream_is_watched_at_a_time_and_none_after_leaving()
    {
        var (first, author) = await nodes.NewStreamAsync();
        var (second, _) = await nodes.NewStreamAsync();
        await using var socket = await SocketClient.OpenAsync(Node, "/live/ws");
        await socket.JoinAsync(first);
        await socket.NextOfTypeAsync(ServerMessageTypes.CommentsBatch);
        var seen = await RunningSystem.PostAcceptedAsync(author, first, "one");
        Assert.Equal("one", (await socket.NextCommentAsync("of the first")).Content);
        await socket.JoinAsync(second);
        Assert.Equal(second, LiveClient.Batch(await socket.NextOfTypeAsync(ServerMessageTypes.CommentsBatch)).StreamId);
        await RunningSystem.PostAcceptedAsync(author, first, "not seen");
        await RunningSystem.PostAcceptedAsync(author, second, "two");
        Assert.Equal("two", (await socket.NextCommentAsync("of the second")).Content);

        await socket.SendTextAsync("{\"type\":\"leave_stream\"}");
        await socket.SendTextAsync("{\"type\":\"leave_stream\",\"payload\":{}}");
        await RunningSystem.PostAcceptedAsync(author, second, "not seen either");
        // By the comment that was seen last, as a client that lost its cursor would.
        await socket.JoinAsync(first, lastSeenCommentId: seen.Id);
        Assert.Equal("not seen", (await socket.NextCommentAsync("what was missed")).Content);
        await socket.JoinAsync(first, lastSeenCommentId: "999");
        Assert.Equal(ResetReasons.TooFarBehind, (await socket.NextOfTypeAsync(ServerMessageTypes.Reset)).Payload.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_reaction_to_the_stream_and_one_to_a_comment_are_seen_by_all()
    {
        var (streamId, author) = await nodes.NewStreamAsync();
        var comment = await RunningSystem.PostAcceptedAsync(author, streamId, "like me");
        await using var other = await LiveClient.OpenAsync(LiveClient.Sse, nodes.Nodes[1].Address, streamId);
        await other.NextCommentAsync("the comment");
        await using var socket = await SocketClient.OpenAsync(Node, "/live/ws", await nodes.TokenOfAsync("bob"));
        await socket.SendAsync(ClientMessageTypes.React, new React(streamId, ReactionTypes.Love), ContractsJson.Default.React);
        Assert.Equal(1, (await other.NextOfTypeAsync(ServerMessageTypes.ReactionsBatch)).Payload.GetProperty("counts").GetProperty(ReactionTypes.Love).GetInt32());
        await socket.SendAsync(ClientMessageTypes.React, new React(streamId, ReactionTypes.Like, comment.Id), ContractsJson.Default.React);
        var update = (await other.NextOfTypeAsync(ServerMessageTypes.CommentUpdated)).Payload;
        Assert.Equal((comment.Id, 1), (update.GetProperty("commentId").GetString(), update.GetProperty("reactionChanges").GetProperty(ReactionTypes.Like).GetInt32()));
        await socket.SendAsync(ClientMessageTypes.React, new React(streamId, "meh"), ContractsJson.Default.React);
        Assert.Equal(ErrorCodes.ReactionInvalid, (await socket.NextErrorAsync()).Code);
        await socket.SendAsync(ClientMessageTypes.React, new React(streamId, ReactionTypes.Like, "../../users/me"), ContractsJson.Default.React);
        Assert.Equal(ErrorCodes.CommentNotFound, (await socket.NextErrorAsync()).Code);
    }

    [Fact]
    public async Task A_reaction_that_is_repeated_with_its_key_is_not_toggled_twice_and_an_error_about_it_names_the_key()
    {
        var (streamId, author) = await nodes.NewStreamAsync();
        var comment = await RunningSystem.PostAcceptedAsync(author, streamId, "like me once");
        await using var other = await LiveClient.OpenAsync(LiveClient.Sse, nodes.Nodes[1].Address, streamId);
        await using var socket = await SocketClient.OpenAsync(Node, "/live/ws", await nodes.TokenOfAsync("bob"));
        var like = new React(streamId, ReactionTypes.Like, comment.Id, "key-1");
        await socket.SendAsync(ClientMessageTypes.React, like, ContractsJson.Default.React);
        await socket.SendAsync(ClientMessageTypes.React, like, ContractsJson.Default.React);
        await socket.SendAsync(ClientMessageTypes.React, like with { ReactionType = ReactionTypes.Wow, IdempotencyKey = "key-2" }, ContractsJson.Default.React);
        Assert.Equal(1, (await ChangesAsync()).GetProperty(ReactionTypes.Like).GetInt32());
        Assert.Equal(1, (await ChangesAsync()).GetProperty(ReactionTypes.Wow).GetInt32());

        await socket.SendAsync(ClientMessageTypes.React, like with { ReactionType = "meh", IdempotencyKey = "key-3" }, ContractsJson.Default.React);
        var error = await socket.NextErrorAsync();
        Assert.Equal((ErrorCodes.ReactionInvalid, "key-3"), (error.Code, error.IdempotencyKey));
        await socket.SendAsync(ClientMessageTypes.React, like with { IdempotencyKey = "no key" }, ContractsJson.Default.React);
        Assert.Equal(ErrorCodes.InvalidMessage, (await socket.NextErrorAsync()).Code);

        async Task<System.Text.Json.JsonElement> ChangesAsync() => (await other.NextOfTypeAsync(ServerMessageTypes.CommentUpdated)).Payload.GetProperty("reactionChanges");
    }

    [Fact]
    public async Task A_post_that_meets_a_dead_Api_is_accepted_once_when_it_is_back()
    {
        var (streamId, author) = await nodes.NewStreamAsync();
        await using var viewer = await LiveClient.OpenAsync(LiveClient.Poll, Node, streamId);
        await viewer.NextAsync("the backfill");
        await using var socket = await SocketClient.OpenAsync(Node, "/live/ws", await nodes.TokenOfAsync("bob"));
        await nodes.Path.Apis[0].KillAsync();
        await socket.PostAsync(streamId, "patience", "key");
        // .NET's client answers pings while it reads, and starting takes longer than a node waits for that here.
        var acknowledged = socket.NextAckAsync();
        await nodes.Path.Apis[0].StartAsync();
        Assert.Equal(AckStatus.Accepted, (await acknowledged).Status);
        await RunningSystem.PostAcceptedAsync(author, streamId, "and on");
        Assert.Equal(["patience", "and on"], await viewer.NextContentsAsync(2, "each once"));
    }
}
