using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Transports;

/// <summary>What happens when nothing happens, or when a viewer doesn't keep up.</summary>
[Collection(LiveNodesCollection.Name)]
public sealed class QuietAndSlowViewers(LiveNodes nodes)
{
    // The first byte of a WebSocket ping.
    private const byte Ping = 0x89;

    private ServiceProcess Node => nodes.Nodes[1];

    [Fact]
    public async Task A_silent_event_stream_shows_that_it_is_alive()
    {
        var (streamId, _) = await nodes.NewStreamAsync();
        using var viewer = await RawViewer.OpenEventsAsync(Node.Address, streamId);
        await viewer.ReadUntilAsync("a comment line", bytes => bytes.AsSpan().IndexOf(": \n\n"u8) > 0);
    }

    [Fact]
    public async Task A_silent_WebSocket_is_pinged_and_who_does_not_answer_is_gone_and_counted_out()
    {
        var (streamId, author) = await nodes.NewStreamAsync();
        var leftBefore = await LiveNodes.MetricAsync(Node, "livecomments_viewers_closed", "ws", "left");
        await using var answering = await LiveClient.OpenAsync(LiveClient.WebSocket, Node.Address, streamId);
        // .NET's client answers pings while it reads.
        var next = answering.NextCommentAsync("a comment to who answers");
        using (var dead = await RawViewer.OpenSocketAsync(Node.Address, streamId))
        {
            await dead.ReadUntilAsync("a ping", bytes => bytes.AsSpan().IndexOf(Ping) > 0);
            await dead.ReadToEndAsync("the end of the connection");
        }

        await Eventually.UntilAsync("it is counted out", async () => await LiveNodes.MetricAsync(Node, "livecomments_viewers_closed", "ws", "left") > leftBefore);
        await RunningSystem.PostAcceptedAsync(author, streamId, "still there");
        Assert.Equal("still there", (await next).Content);
    }

    [Fact]
    public async Task A_poll_that_nothing_comes_for_is_answered_with_nothing_and_the_same_cursor()
    {
        var (streamId, author) = await nodes.NewStreamAsync();
        await using var viewer = new PollClient(Node.Address, streamId, cursor: null, token: null);
        await viewer.NextAsync("the backfill");
        var cursor = viewer.Cursor;
        Assert.Empty((await viewer.PollAsync(wait: 1)).Messages);
        Assert.Empty((await viewer.PollAsync(wait: 0)).Messages);
        Assert.Equal(cursor, viewer.Cursor);

        var waiting = viewer.PollAsync(wait: 25);
        await Eventually.UntilAsync("the poll waits", async () => await LiveNodes.MetricAsync(Node, "livecomments_connections", "poll") >= 1);
        await RunningSystem.PostAcceptedAsync(author, streamId, "at last");
        Assert.Single((await Eventually.WithinAsync("the answer, before the wait is over", waiting, TimeSpan.FromSeconds(20))).Messages);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("26")]
    [InlineData("99999999999")]
    public async Task A_poll_cannot_wait_for_ever(string wait)
    {
        using var client = new HttpClient { BaseAddress = Node.Address };
        client.DefaultRequestHeaders.Add("Accept", "application/json");
        using var answer = await client.GetAsync(new Uri($"/live/streams/demo/events?wait={wait}", UriKind.Relative));
        await ProblemDocument.AssertAsync(answer, System.Net.HttpStatusCode.BadRequest, ErrorCodes.InvalidMessage);
    }

    [Fact]
    public async Task Who_does_not_read_is_closed_and_the_others_get_everything()
    {
        // In all more than the kernel holds for one connection; at once no more than a viewer may be behind.
        const int Rounds = 30;
        const int CommentsPerRound = 100;
        var text = new string('x', 4_000);
        // Pings as rare as they are: who reads nothing doesn't answer them either, and would be gone for that first.
        await using var node = nodes.NewNode(heartbeat: "00:00:15");
        await node.StartAsync();
        var (streamId, _) = await nodes.NewStreamAsync();
        await using var sse = await LiveClient.OpenAsync(LiveClient.Sse, node.Address, streamId);
        await using var socket = await LiveClient.OpenAsync(LiveClient.WebSocket, node.Address, streamId);
        using var deafToEvents = await RawViewer.OpenEventsAsync(node.Address, streamId);
        using var deafSocket = await RawViewer.OpenSocketAsync(node.Address, streamId);

        for (var round = 0; round < Rounds; round++)
        {
            var contents = Enumerable.Range(round * CommentsPerRound, CommentsPerRound).Select(number => $"{number} {text}").ToList();
            await nodes.AppendAsync(streamId, contents.Select((content, index) => LiveNodes.CommentOf(streamId, (round * CommentsPerRound) + index + 1, content)));
            Assert.Equal(contents, await sse.NextContentsAsync(CommentsPerRound, $"events of round {round}"));
            Assert.Equal(contents, await socket.NextContentsAsync(CommentsPerRound, $"messages of round {round}"));
        }

        await Eventually.UntilAsync("who doesn't read the events is closed", async () => await LiveNodes.MetricAsync(node, "livecomments_viewers_closed", "sse", "too_slow") == 1);
        await Eventually.UntilAsync("who doesn't read its WebSocket is closed", async () => await LiveNodes.MetricAsync(node, "livecomments_viewers_closed", "ws", "too_slow") == 1);
    }
}
