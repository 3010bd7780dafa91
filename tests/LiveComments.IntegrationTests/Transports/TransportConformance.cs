using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Transports;

/// <summary>What every transport promises, tried on each.</summary>
[Collection(LiveNodesCollection.Name)]
public sealed class TransportConformance(LiveNodes nodes)
{
    public static TheoryData<string> Transports => [LiveClient.Sse, LiveClient.SseOverTrunk, LiveClient.WebSocket, LiveClient.Poll];

    private Uri NodeFor(string transport) => transport == LiveClient.SseOverTrunk ? nodes.Gateway.Address : nodes.Nodes[0].Address;

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Who_joins_gets_the_last_50_as_backfill_and_then_what_is_posted(string transport)
    {
        var (streamId, author) = await nodes.NewStreamAsync();
        await nodes.AppendAsync(streamId, Enumerable.Range(1, 60).Select(number => LiveNodes.CommentOf(streamId, number, $"before {number}")));
        await using var viewer = await LiveClient.OpenAsync(transport, NodeFor(transport), streamId);

        var backfill = LiveClient.Batch(await viewer.NextOfTypeAsync(ServerMessageTypes.CommentsBatch));
        Assert.True(backfill.IsBackfill);
        Assert.Null(backfill.PreviousCursor);
        Assert.Equal(Enumerable.Range(11, 50).Select(number => $"before {number}"), backfill.Comments.Select(comment => comment.Content));
        Assert.Equal(backfill.Cursor, viewer.Cursor);

        await RunningSystem.PostAcceptedAsync(author, streamId, "live");
        var live = LiveClient.Batch(await viewer.NextOfTypeAsync(ServerMessageTypes.CommentsBatch));
        Assert.Equal(["live"], live.Comments.Select(comment => comment.Content));
        Assert.Equal((backfill.Cursor, 0), (live.PreviousCursor, live.Omitted));
        // A poll finds it there already, or waits for it: it is either.
        Assert.True(transport == LiveClient.Poll || !live.IsBackfill);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Who_comes_to_silence_is_told_where_it_is(string transport)
    {
        var (streamId, _) = await nodes.NewStreamAsync();
        await using var viewer = await LiveClient.OpenAsync(transport, NodeFor(transport), streamId);
        var backfill = LiveClient.Batch(await viewer.NextOfTypeAsync(ServerMessageTypes.CommentsBatch));
        Assert.Empty(backfill.Comments);
        Assert.Equal(backfill.Cursor, viewer.Cursor);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Everything_comes_once_and_in_the_order_of_the_log(string transport)
    {
        var (streamId, author) = await nodes.NewStreamAsync();
        await using var viewer = await LiveClient.OpenAsync(transport, NodeFor(transport), streamId);
        await viewer.NextOfTypeAsync(ServerMessageTypes.CommentsBatch);

        var posted = await Task.WhenAll(Enumerable.Range(0, 120).Select(number => RunningSystem.PostAcceptedAsync(author, streamId, $"{number}")));
        var order = posted.OrderBy(comment => SequenceOf(comment.Cursor)).Select(comment => comment.Content);
        Assert.Equal(order, await viewer.NextContentsAsync(posted.Length, "what was posted at once"));
    }

    [Theory]
    [InlineData(LiveClient.Sse, LiveClient.WebSocket, LiveClient.Poll)]
    [InlineData(LiveClient.WebSocket, LiveClient.Poll, LiveClient.Sse)]
    [InlineData(LiveClient.Poll, LiveClient.Sse, LiveClient.WebSocket)]
    public async Task One_cursor_leads_on_over_every_transport_and_node(string first, string second, string third)
    {
        var (streamId, author) = await nodes.NewStreamAsync();
        string? cursor = null;
        var number = 0;
        string[] transports = [first, second, third];
        for (var turn = 0; turn < 6; turn++)
        {
            // One while nobody is there, so that it is missed; one while somebody is.
            await RunningSystem.PostAcceptedAsync(author, streamId, $"{number}");
            await using var viewer = await LiveClient.OpenAsync(transports[turn % 3], nodes.Nodes[turn % 2].Address, streamId, cursor);
            Assert.Equal($"{number++}", (await viewer.NextCommentAsync("what was missed")).Content);
            await RunningSystem.PostAcceptedAsync(author, streamId, $"{number}");
            Assert.Equal($"{number++}", (await viewer.NextCommentAsync("what is new")).Content);
            cursor = viewer.Cursor;
        }
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_cursor_of_another_epoch_is_reset_aloud(string transport)
    {
        var (streamId, author) = await nodes.NewStreamAsync();
        await RunningSystem.PostAcceptedAsync(author, streamId, "here");
        await using var viewer = await LiveClient.OpenAsync(transport, NodeFor(transport), streamId, "99-5");
        var reset = await viewer.NextAsync("a reset");
        Assert.Equal((ServerMessageTypes.Reset, ResetReasons.NewEpoch), (reset.Type, reset.Payload.GetProperty("reason").GetString()));
        Assert.Equal(["here"], LiveClient.Batch(await viewer.NextAsync("the backfill")).Comments.Select(comment => comment.Content));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Who_missed_more_than_a_resume_makes_up_for_is_reset_and_gets_the_newest(string transport)
    {
        var (streamId, author) = await nodes.NewStreamAsync();
        var first = await RunningSystem.PostAcceptedAsync(author, streamId, "seen");
        await nodes.AppendAsync(streamId, Enumerable.Range(1, Limits.MaxResumeEvents + 1).Select(number => LiveNodes.CommentOf(streamId, number, $"{number}")));
        await using var viewer = await LiveClient.OpenAsync(transport, NodeFor(transport), streamId, first.Cursor);
        var reset = await viewer.NextAsync("a reset");
        Assert.Equal((ServerMessageTypes.Reset, ResetReasons.TooFarBehind), (reset.Type, reset.Payload.GetProperty("reason").GetString()));
        var backfill = LiveClient.Batch(await viewer.NextAsync("the backfill"));
        Assert.Equal(Limits.BackfillComments, backfill.Comments.Count);
        Assert.Equal($"{Limits.MaxResumeEvents + 1}", backfill.Comments[^1].Content);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task What_is_taken_back_goes_from_who_has_it_and_is_not_given_to_who_has_not(string transport)
    {
        var (streamId, author) = await nodes.NewStreamAsync();
        await using var viewer = await LiveClient.OpenAsync(transport, NodeFor(transport), streamId);
        await viewer.NextOfTypeAsync(ServerMessageTypes.CommentsBatch);
        var before = viewer.Cursor;
        var comment = await RunningSystem.PostAcceptedAsync(author, streamId, "a slip");
        Assert.Equal(comment.Id, (await viewer.NextCommentAsync("the comment")).Id);
        await LiveNodes.DeleteAsync(author, comment);
        Assert.Equal(comment.Id, (await viewer.NextOfTypeAsync(ServerMessageTypes.CommentRemoved)).Payload.GetProperty("commentId").GetString());

        await using var back = await LiveClient.OpenAsync(transport, NodeFor(transport), streamId, before);
        Assert.Equal(ServerMessageTypes.CommentRemoved, (await back.NextAsync("the removal alone")).Type);
        Assert.Equal(viewer.Cursor, back.Cursor);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task What_is_lost_for_good_is_said_aloud_in_its_place(string transport)
    {
        var (streamId, author) = await nodes.NewStreamAsync();
        await using var viewer = await LiveClient.OpenAsync(transport, NodeFor(transport), streamId);
        await viewer.NextOfTypeAsync(ServerMessageTypes.CommentsBatch);
        var last = await RunningSystem.PostAcceptedAsync(author, streamId, "the last that is there");
        await viewer.NextCommentAsync("the last that is there");

        var sequence = SequenceOf(last.Cursor);
        await nodes.RepublishAsync(streamId, previous: sequence + 1_000_000, sequence: sequence + 1_000_001);
        var gap = await viewer.NextAsync("the gap");
        Assert.Equal((ServerMessageTypes.Gap, last.Cursor), (gap.Type, gap.Payload.GetProperty("after").GetString()));
        Assert.Equal(sequence + 1_000_000, SequenceOf(gap.Payload.GetProperty("until").GetString()));
        Assert.Equal("after the gap", (await viewer.NextCommentAsync("what comes after the gap")).Content);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task The_end_of_a_stream_is_told(string transport)
    {
        var (streamId, author) = await nodes.NewStreamAsync();
        await using var viewer = await LiveClient.OpenAsync(transport, NodeFor(transport), streamId);
        await viewer.NextOfTypeAsync(ServerMessageTypes.CommentsBatch);
        using var answer = await author.PostAsync(new Uri($"/api/streams/{streamId}/end", UriKind.Relative), null);
        answer.EnsureSuccessStatusCode();
        Assert.Equal(StreamStatus.Ended, (await viewer.NextOfTypeAsync(ServerMessageTypes.StreamState)).Payload.GetProperty("status").GetString());
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_node_that_stops_lets_its_viewers_go_on_elsewhere(string transport)
    {
        await using var node = nodes.NewNode();
        await using var gateway = nodes.NewGateway([node]);
        await node.StartAsync();
        if (transport == LiveClient.SseOverTrunk)
            await gateway.StartAsync();
        var (streamId, author) = await nodes.NewStreamAsync();
        await using var viewer = await LiveClient.OpenAsync(transport, transport == LiveClient.SseOverTrunk ? gateway.Address : node.Address, streamId);
        await viewer.NextOfTypeAsync(ServerMessageTypes.CommentsBatch);
        await RunningSystem.PostAcceptedAsync(author, streamId, "seen");
        await viewer.NextCommentAsync("seen");

        switch (viewer)
        {
            case PollClient poll:
                var waiting = poll.PollAsync(wait: 25);
                await Eventually.UntilAsync("the poll waits", async () => await LiveNodes.MetricAsync(node, "livecomments_connections", "poll") == 1);
                node.Stop();
                Assert.Empty((await Eventually.WithinAsync("an answer without waiting on", waiting, TimeSpan.FromSeconds(20))).Messages);
                break;
            case SocketClient socket:
                node.Stop();
                var error = await socket.NextErrorAsync();
                Assert.True(error.Retryable);
                Assert.InRange(error.RetryAfterMs!.Value, 500, 3_000);
                Assert.Equal(LiveCloseCodes.Shutdown, await socket.UntilClosedAsync());
                break;
            default:
                node.Stop();
                await Assert.ThrowsAsync<EndOfStreamException>(() => viewer.NextAsync("the end"));
                break;
        }

        await RunningSystem.PostAcceptedAsync(author, streamId, "missed");
        await using var back = await LiveClient.OpenAsync(transport, NodeFor(transport), streamId, viewer.Cursor);
        Assert.Equal("missed", (await back.NextCommentAsync("what was missed")).Content);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task What_is_not_there_is_said_before_anything_else(string transport)
    {
        var refused = await Assert.ThrowsAsync<HttpRequestException>(async () =>
        {
            await using var viewer = await LiveClient.OpenAsync(transport, NodeFor(transport), "no-such-stream");
            await viewer.NextAsync("a refusal");
        });
        Assert.Equal(System.Net.HttpStatusCode.NotFound, refused.StatusCode);
        refused = await Assert.ThrowsAsync<HttpRequestException>(async () =>
        {
            await using var viewer = await LiveClient.OpenAsync(transport, NodeFor(transport), "demo", "not-a-cursor");
            await viewer.NextAsync("a refusal");
        });
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, refused.StatusCode);
    }

    private static ulong SequenceOf(string? cursor) =>
        Cursor.TryParse(cursor, out var parsed) ? parsed.Sequence : throw new FormatException($"'{cursor}' is no cursor.");
}
