using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LiveComments.Contracts;
using LiveComments.IntegrationTests.Transports;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Access;

/// <summary>What concerns people who watch reaches them at once, over every transport and on every node: bans, reviews, settings.</summary>
[Collection(AccessCollection.Name)]
public sealed class TellingPeople(AccessSystem system) : IDisposable
{
    private readonly HttpClient _owner = AccessSystem.ClientOf(system.Api, TestTokens.Of("telling-owner"));
    private readonly HttpClient _admin = AccessSystem.ClientOf(system.ClosedApi, TestTokens.Of("telling-admin", Roles.Admin));

    public static TheoryData<string> Transports => [LiveClient.Sse, LiveClient.WebSocket, LiveClient.Poll];

    public void Dispose()
    {
        _owner.Dispose();
        _admin.Dispose();
    }

    [Theory]
    [InlineData(LiveClient.Sse, false)]
    [InlineData(LiveClient.WebSocket, false)]
    [InlineData(LiveClient.Poll, false)]
    [InlineData(LiveClient.Sse, true)]
    [InlineData(LiveClient.WebSocket, true)]
    [InlineData(LiveClient.Poll, true)]
    public async Task Who_is_banned_is_sent_away_from_every_node_and_told_why_and_nobody_else_is(string transport, bool everywhere)
    {
        var user = $"banned-{transport}-{everywhere}";
        var stream = await RunningSystem.NewStreamAsync(_owner);
        var watching = new List<LiveClient>();
        var others = new List<LiveClient>();
        foreach (var node in new[] { system.Fanout, system.ClosedFanout })
        {
            watching.Add(await WatchAsync(transport, node, stream.Id, user));
            others.Add(await WatchAsync(transport, node, stream.Id, "somebody-else"));
        }

        var path = everywhere ? $"/api/moderation/sanctions/ban/{user}" : $"/api/streams/{stream.Id}/moderation/sanctions/ban/{user}";
        await PutAsync(everywhere ? _admin : _owner, path, new SanctionRequest("rude"), ContractsJson.Default.SanctionRequest);
        foreach (var viewer in watching)
        {
            Assert.Equal(transport == LiveClient.Poll ? "403" : ErrorCodes.Banned, await EndOfAsync(viewer));
            if (viewer is SocketClient socket)
                Assert.Equal(LiveCloseCodes.Banned, await socket.UntilClosedAsync());
        }

        // Nor is there a way back by that name.
        foreach (var node in new[] { system.Fanout, system.ClosedFanout })
        {
            var refused = await Assert.ThrowsAsync<HttpRequestException>(() => WatchAsync(transport, node, stream.Id, user));
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        }

        using var banned = AccessSystem.ClientOf(system.ClosedApi, TestTokens.Of(user));
        using var ticket = await banned.PostAsJsonAsync("/api/auth/tickets", new LiveTicketRequest(stream.Id), ContractsJson.Default.LiveTicketRequest);
        await ProblemDocument.AssertAsync(ticket, HttpStatusCode.Forbidden, ErrorCodes.Banned);

        var next = await RunningSystem.PostAcceptedAsync(_owner, stream.Id, "the others go on");
        foreach (var viewer in others)
            Assert.Equal(next.Id, (await viewer.NextCommentAsync("what is said next")).Id);

        using var lifted = await (everywhere ? _admin : _owner).DeleteAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.NoContent, lifted.StatusCode);
        watching.Add(await WatchAsync(transport, system.Fanout, stream.Id, user));
        foreach (var viewer in watching.Concat(others))
            await viewer.DisposeAsync();
    }

    [Fact]
    public async Task Who_says_by_WebSocket_that_they_are_somebody_banned_is_told_so_and_closed()
    {
        var stream = await RunningSystem.NewStreamAsync(_owner);
        await PutAsync(_owner, $"/api/streams/{stream.Id}/moderation/sanctions/ban/late-comer", new SanctionRequest("rude"), ContractsJson.Default.SanctionRequest);
        await using var viewer = await SocketClient.OpenAsync(system.Fanout.Address, $"/live/streams/{stream.Id}/ws");
        await viewer.SendAsync(ClientMessageTypes.Authenticate, new Authenticate(TestTokens.Of("late-comer")), ContractsJson.Default.Authenticate);
        Assert.Equal(ErrorCodes.Banned, (await viewer.NextErrorAsync()).Code);
        Assert.Equal(LiveCloseCodes.Banned, await viewer.UntilClosedAsync());
    }

    [Fact]
    public async Task A_ban_by_an_admin_sends_nobody_away_from_their_own_stream()
    {
        using var host = AccessSystem.ClientOf(system.Api, TestTokens.Of("banned-host"));
        var (own, foreign) = (await RunningSystem.NewStreamAsync(host), await RunningSystem.NewStreamAsync(_owner));
        await using var atHome = await WatchAsync(LiveClient.Sse, system.Fanout, own.Id, "banned-host");
        await using var abroad = await WatchAsync(LiveClient.Sse, system.Fanout, foreign.Id, "banned-host");
        await PutAsync(_admin, "/api/moderation/sanctions/ban/banned-host", new SanctionRequest(), ContractsJson.Default.SanctionRequest);
        Assert.Equal(ErrorCodes.Banned, await EndOfAsync(abroad));
        var posted = await RunningSystem.PostAcceptedAsync(host, own.Id, "at home");
        Assert.Equal(posted.Id, (await atHome.NextCommentAsync("what is said at home")).Id);
    }

    // A poll hears of it while it waits, and else over REST.
    [Theory]
    [InlineData(LiveClient.Sse)]
    [InlineData(LiveClient.WebSocket)]
    public async Task The_author_of_a_held_comment_hears_at_once_what_became_of_it_and_nobody_else_does(string transport)
    {
        var user = $"held-{transport}";
        var stream = await RunningSystem.NewStreamAsync(_owner);
        await PutAsync(_owner, $"/api/streams/{stream.Id}/moderation/rules", new ModerationRules { Words = [new("maybe", ModerationActions.Hold)] }, ContractsJson.Default.ModerationRules);
        using var author = AccessSystem.ClientOf(system.ClosedApi, TestTokens.Of(user));
        var held = new List<Comment> { await RunningSystem.PostAcceptedAsync(author, stream.Id, "maybe this"), await RunningSystem.PostAcceptedAsync(author, stream.Id, "maybe that") };
        await using var here = await WatchAsync(transport, system.Fanout, stream.Id, user);
        await using var there = await WatchAsync(transport, system.ClosedFanout, stream.Id, user);
        await using var other = await WatchAsync(transport, system.Fanout, stream.Id, "somebody-else");
        foreach (var (comment, decision) in held.Zip(["approve", "reject"]))
        {
            await Eventually.UntilAsync($"it can be decided to {decision}", async () =>
            {
                using var decided = await _owner.PostAsJsonAsync($"/api/streams/{stream.Id}/moderation/queue/{comment.Id}/{decision}", new ModerationReason("as it is"), ContractsJson.Default.ModerationReason);
                return decided.StatusCode == HttpStatusCode.OK;
            });
            // What is decided waits no more, for nobody, whatever Postgres knows by then.
            foreach (var client in new[] { _owner, _admin })
            {
                var queue = await client.GetFromJsonAsync(new Uri($"/api/streams/{stream.Id}/moderation/queue", UriKind.Relative), ContractsJson.Default.ReviewQueue);
                Assert.DoesNotContain(queue!.Comments, waiting => waiting.Comment.Id == comment.Id);
            }

            foreach (var viewer in new[] { here, there })
            {
                var told = (await viewer.NextOfTypeAsync(ServerMessageTypes.CommentReviewed)).Payload.Deserialize(ContractsJson.Default.CommentReviewed)!;
                Assert.Equal((stream.Id, comment.Id, decision == "approve" ? HeldStatus.Approved : HeldStatus.Rejected, "as it is"), (told.StreamId, told.CommentId, told.Status, told.Note));
            }

            var own = await author.GetFromJsonAsync(new Uri($"/api/streams/{stream.Id}/comments/held", UriKind.Relative), ContractsJson.Default.HeldComments);
            Assert.Contains(own!.Comments, one => one.Comment.Id == comment.Id && one.Status == (decision == "approve" ? HeldStatus.Approved : HeldStatus.Rejected));
        }

        var next = await RunningSystem.PostAcceptedAsync(_owner, stream.Id, "the end");
        for (var type = ""; type != next.Id;)
        {
            var message = await other.NextAsync("what everybody sees");
            Assert.NotEqual(ServerMessageTypes.CommentReviewed, message.Type);
            type = message.Type == ServerMessageTypes.CommentsBatch && LiveClient.Batch(message).Comments is [.., var last] ? last.Id : "";
        }
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Settings_reach_who_watches_and_who_comes_back_in_the_order_in_which_they_were_made(string transport)
    {
        var stream = await RunningSystem.NewStreamAsync(_owner);
        await using var viewer = await WatchAsync(transport, system.Fanout, stream.Id, "settled");
        var before = viewer.Cursor;
        await PutAsync(_owner, $"/api/streams/{stream.Id}/settings", new StreamSettings { SlowModeSeconds = 20 }, ContractsJson.Default.StreamSettings);
        await PutAsync(_admin, $"/api/streams/{stream.Id}/settings", new StreamSettings { CommentsOff = true }, ContractsJson.Default.StreamSettings);
        await using var back = await LiveClient.OpenAsync(transport, system.ClosedFanout.Address, stream.Id, before, TestTokens.Of("settled"));
        foreach (var client in new[] { viewer, back })
        {
            foreach (var (slowMode, commentsOff) in new[] { (20, false), (0, true) })
            {
                var state = (await client.NextOfTypeAsync(ServerMessageTypes.StreamState)).Payload.Deserialize(ContractsJson.Default.StreamState)!;
                Assert.Equal((stream.Id, StreamStatus.Live, slowMode, commentsOff), (state.StreamId, state.Status, state.Settings!.SlowModeSeconds, state.Settings.CommentsOff));
            }
        }
    }

    [Fact]
    public async Task How_long_a_removal_took_to_reach_viewers_is_measured()
    {
        var stream = await RunningSystem.NewStreamAsync(_owner);
        await using var viewer = await WatchAsync(LiveClient.Sse, system.Fanout, stream.Id, "measured");
        var before = await LiveNodes.MetricAsync(system.Fanout, "livecomments_retraction_latency_seconds_count");
        var comment = await RunningSystem.PostAcceptedAsync(_owner, stream.Id, "a slip");
        await viewer.NextCommentAsync("the slip");
        await LiveNodes.DeleteAsync(_owner, comment);
        await viewer.NextOfTypeAsync(ServerMessageTypes.CommentRemoved);
        await Eventually.UntilAsync("it is counted", async () => await LiveNodes.MetricAsync(system.Fanout, "livecomments_retraction_latency_seconds_count") > before);
    }

    /// <summary>A viewer by that name who has got what was before.</summary>
    private static async Task<LiveClient> WatchAsync(string transport, ServiceProcess node, string streamId, string user)
    {
        var viewer = await LiveClient.OpenAsync(transport, node.Address, streamId, token: TestTokens.Of(user));
        await viewer.NextOfTypeAsync(ServerMessageTypes.CommentsBatch);
        return viewer;
    }

    /// <summary>The code of the last word to the viewer, or the status that it got instead of an answer.</summary>
    private static async Task<string> EndOfAsync(LiveClient viewer)
    {
        try
        {
            return (await viewer.NextOfTypeAsync(ServerMessageTypes.Error)).Payload.GetProperty("code").GetString()!;
        }
        catch (HttpRequestException exception)
        {
            return $"{(int?)exception.StatusCode}";
        }
    }

    private static async Task PutAsync<T>(HttpClient client, string path, T body, JsonTypeInfo<T> type)
    {
        using var answer = await client.PutAsJsonAsync(path, body, type);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
