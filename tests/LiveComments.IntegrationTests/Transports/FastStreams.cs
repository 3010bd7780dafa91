using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Transports;

/// <summary>What viewers get of a stream that is faster than people read, and of what is no comment.</summary>
[Collection(LiveNodesCollection.Name)]
public sealed class FastStreams(LiveNodes nodes)
{
    private const int Comments = 400;
    private const int Limit = 20;

    [Fact]
    public async Task Every_node_shows_the_same_part_says_how_much_is_left_out_and_shows_everybody_their_own()
    {
        await using var first = nodes.NewNode(maxCommentsPerSecond: Limit);
        await using var second = nodes.NewNode(maxCommentsPerSecond: Limit);
        await Task.WhenAll(first.StartAsync(), second.StartAsync());
        var (streamId, author) = await nodes.NewStreamAsync();
        var token = await nodes.TokenOfAsync("bob");
        using var bob = await nodes.ClientOfAsync("bob");
        var me = await bob.GetStringAsync(new Uri("/api/users/me", UriKind.Relative));
        var bobsId = JsonSerializer.Deserialize(me, ContractsJson.Default.User)!.Id;

        await using var anonymous = await LiveClient.OpenAsync(LiveClient.Sse, first.Address, streamId);
        await using var elsewhere = await LiveClient.OpenAsync(LiveClient.WebSocket, second.Address, streamId);
        await using var bobsPage = await LiveClient.OpenAsync(LiveClient.Sse, first.Address, streamId, token: token);
        await using var bobsOtherTab = await LiveClient.OpenAsync(LiveClient.WebSocket, second.Address, streamId, token: token);
        await using var bobsPoll = await LiveClient.OpenAsync(LiveClient.Poll, second.Address, streamId, token: token);
        LiveClient[] viewers = [anonymous, elsewhere, bobsPage, bobsOtherTab, bobsPoll];
        foreach (var viewer in viewers)
            await viewer.NextOfTypeAsync(ServerMessageTypes.CommentsBatch);

        // All within one second by their own times, every tenth by bob.
        await nodes.AppendAsync(streamId, Enumerable.Range(1, Comments).Select(number =>
            LiveNodes.CommentOf(streamId, number, $"{number}", createdAt: 5_000, userId: number % 10 == 0 ? bobsId : "somebody")));
        var shown = new List<(List<string> Contents, int Omitted)>();
        foreach (var viewer in viewers)
            shown.Add(await TakeAllAsync(viewer));

        Assert.All(shown, one => Assert.Equal(Comments, one.Contents.Count + one.Omitted));
        Assert.InRange(shown[0].Contents.Count, Limit, Comments / 2);
        Assert.Equal(shown[0].Contents, shown[1].Contents);
        var bobs = Enumerable.Range(1, Comments / 10).Select(number => $"{number * 10}");
        Assert.All(shown.Skip(2), one => Assert.Equal(shown[0].Contents.Union(bobs).Order(), one.Contents.Order()));

        // Who comes back is shown what it would have been shown.
        Assert.True(Cursor.TryParse(anonymous.Cursor, out var newest));
        await using var back = await LiveClient.OpenAsync(LiveClient.Sse, second.Address, streamId, new Cursor(newest.Epoch, newest.Sequence - Comments).ToString());
        Assert.Equal(shown[0].Contents, (await TakeAllAsync(back)).Contents);
        GC.KeepAlive(author);
    }

    [Fact]
    public async Task Viewers_are_told_how_many_watch_over_all_nodes()
    {
        await using var node = nodes.NewNode(figures: true);
        await node.StartAsync();
        var (streamId, _) = await nodes.NewStreamAsync();
        await using var viewer = await LiveClient.OpenAsync(LiveClient.WebSocket, node.Address, streamId);
        await viewer.NextOfTypeAsync(ServerMessageTypes.CommentsBatch);
        // Those that really run announce themselves, too: larger numbers than theirs tell these two apart.
        await nodes.AnnounceAsync(new PresenceAnnouncement("node-a", [new RoomPresence(streamId, 1_000)]));
        await nodes.AnnounceAsync(new PresenceAnnouncement("node-b", [new RoomPresence(streamId, 2_000)]));
        await UntilAsync(viewer, ServerMessageTypes.ViewerCount, count => count is >= 3_000 and < 3_010);
        await nodes.AnnounceAsync(new PresenceAnnouncement("node-a", [], IsLeaving: true));
        await UntilAsync(viewer, ServerMessageTypes.ViewerCount, count => count is >= 2_000 and < 2_010);
        // Who comes to silence is told, too.
        await using var late = await LiveClient.OpenAsync(LiveClient.Sse, node.Address, streamId);
        await UntilAsync(late, ServerMessageTypes.ViewerCount, count => count is >= 2_000 and < 2_010);
    }

    [Fact]
    public async Task Viewers_are_told_how_many_comments_there_are()
    {
        await using var node = nodes.NewNode(figures: true);
        await node.StartAsync();
        var (streamId, author) = await nodes.NewStreamAsync();
        var first = await RunningSystem.PostAcceptedAsync(author, streamId, "one");
        await RunningSystem.PostAcceptedAsync(author, streamId, "two");
        await using var viewer = await LiveClient.OpenAsync(LiveClient.Sse, node.Address, streamId);
        await UntilAsync(viewer, ServerMessageTypes.CommentCount, count => count == 2);
        await RunningSystem.PostAcceptedAsync(author, streamId, "three");
        await UntilAsync(viewer, ServerMessageTypes.CommentCount, count => count == 3);
        await LiveNodes.DeleteAsync(author, first);
        await UntilAsync(viewer, ServerMessageTypes.CommentCount, count => count == 2);
    }

    [Theory]
    [MemberData(nameof(TransportConformance.Transports), MemberType = typeof(TransportConformance))]
    public async Task Reactions_come_summed_up_and_a_comments_own_as_changes_of_its_counts(string transport)
    {
        var (streamId, author) = await nodes.NewStreamAsync();
        await using var viewer = await LiveClient.OpenAsync(transport, nodes.Nodes[0].Address, streamId);
        var told = new Dictionary<string, int>();
        await viewer.NextOfTypeAsync(ServerMessageTypes.CommentsBatch);
        // A poll is told only of what comes while it waits: the first question must be underway.
        var next = viewer.NextAsync("reactions");
        if (viewer is PollClient)
            await Eventually.UntilAsync("the poll waits", async () => await LiveNodes.MetricAsync(nodes.Nodes[0], "livecomments_connections", "poll") >= 1);
        await nodes.AppendAsync(streamId, LogEventTypes.StreamReacted, new ReactionsBatch(streamId, new Dictionary<string, int> { ["love"] = 3 }, 1), ContractsJson.Wire.ReactionsBatch);
        Add(await next);
        Assert.Equal(3, told["love"]);
        if (viewer is not PollClient)
        {
            await nodes.AppendAsync(streamId, LogEventTypes.StreamReacted, new ReactionsBatch(streamId, new Dictionary<string, int> { ["love"] = 4, ["wow"] = 1 }, 2), ContractsJson.Wire.ReactionsBatch);
            var reaction = new CommentReaction { StreamId = streamId, CommentId = "5", UserId = "u", Username = "u", ReactionType = "like", IsSet = true, ReactedAt = 1 };
            await nodes.AppendAsync(streamId, LogEventTypes.CommentReacted, reaction, ContractsJson.Wire.CommentReaction);
            while (told.GetValueOrDefault("love") < 7 || told.GetValueOrDefault("5/like") < 1)
                Add(await viewer.NextAsync("more reactions"));
            Assert.Equal((7, 1, 1), (told["love"], told["wow"], told["5/like"]));
        }

        // What is no event moves no cursor, and the next event comes as ever.
        await RunningSystem.PostAcceptedAsync(author, streamId, "and a comment");
        Assert.Equal("and a comment", (await viewer.NextCommentAsync("the comment")).Content);

        void Add(LiveMessage message)
        {
            var (counts, prefix) = message.Type switch
            {
                ServerMessageTypes.ReactionsBatch => (message.Payload.Deserialize(ContractsJson.Default.ReactionsBatch)!.Counts, ""),
                ServerMessageTypes.CommentUpdated => (message.Payload.GetProperty("reactionChanges").EnumerateObject().ToDictionary(change => change.Name, change => change.Value.GetInt32()), message.Payload.GetProperty("commentId").GetString() + "/"),
                _ => (new Dictionary<string, int>(), ""),
            };
            foreach (var (type, count) in counts)
                told[prefix + type] = told.GetValueOrDefault(prefix + type) + count;
        }
    }

    private static async Task<(List<string> Contents, int Omitted)> TakeAllAsync(LiveClient viewer)
    {
        var contents = new List<string>();
        var omitted = 0;
        while (contents.Count + omitted < Comments)
        {
            var batch = LiveClient.Batch(await viewer.NextOfTypeAsync(ServerMessageTypes.CommentsBatch));
            contents.AddRange(batch.Comments.Select(comment => comment.Content));
            omitted += batch.Omitted;
        }

        return (contents, omitted);
    }

    private static async Task UntilAsync(LiveClient viewer, string type, Predicate<int> isIt)
    {
        while (!isIt((await viewer.NextOfTypeAsync(type)).Payload.GetProperty("count").GetInt32()))
        {
        }
    }
}
