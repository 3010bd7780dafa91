using System.Net;
using System.Net.Http.Json;
using System.Text;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;

namespace LiveComments.IntegrationTests;

/// <summary>Reactions to comments: each user's own, of each type once.</summary>
[Collection(SystemCollection.Name)]
public sealed class CommentReactionTests(RunningSystem system)
{
    [Fact]
    public async Task Ones_own_reaction_is_seen_everywhere_at_once_and_later()
    {
        using var ada = await system.ClientOfAsync("ada");
        using var bob = await system.ClientOfAsync("bob");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var old = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "old");
        await Database.CatchesUpAsync(system);
        var fresh = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "fresh");
        foreach (var comment in new[] { old, fresh })
        {
            await Reactions.SetAsync(ada, stream.Id, comment.Id, ReactionTypes.Like);
            await Reactions.SetAsync(ada, stream.Id, comment.Id, ReactionTypes.Wow);
            var state = await Reactions.SetAsync(bob, stream.Id, comment.Id, ReactionTypes.Like);
            Assert.Equal(("like:2 wow:1", true), (Reactions.Text(state.ReactionCounts), state.IsSet));
            Assert.Equal([ReactionTypes.Like], state.Mine);
        }

        await AssertCountsAsync(stream.Id, "like:2 wow:1", old.Id, fresh.Id);
        await Database.CatchesUpAsync(system);
        await AssertCountsAsync(stream.Id, "like:2 wow:1", old.Id, fresh.Id);
        // What Postgres has, and what only the log has yet, are counted together, once each.
        await Reactions.TakeBackAsync(ada, stream.Id, old.Id, ReactionTypes.Like);
        await Reactions.TakeBackAsync(ada, stream.Id, fresh.Id, ReactionTypes.Like);
        await AssertCountsAsync(stream.Id, "like:1 wow:1", old.Id, fresh.Id);
        await Database.CatchesUpAsync(system);
        await AssertCountsAsync(stream.Id, "like:1 wow:1", old.Id, fresh.Id);
    }

    [Fact]
    public async Task Who_reacted_is_told_by_the_name_that_they_show()
    {
        using var ada = await system.ClientOfAsync("ada", displayName: "Ada Lovelace");
        using var bob = await system.ClientOfAsync("bob");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var comment = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "hm");
        await Reactions.SetAsync(ada, stream.Id, comment.Id, ReactionTypes.Like);
        await Reactions.SetAsync(bob, stream.Id, comment.Id, ReactionTypes.Wow);
        await AssertNamesAsync();
        await Database.CatchesUpAsync(system);
        await AssertNamesAsync();

        async Task AssertNamesAsync() => Assert.Equal(
            [("bob", null), ("ada", "Ada Lovelace")], (await Reactions.PageAsync(system.Client, stream.Id, comment.Id)).Reactions.Select(reactor => (reactor.Username, reactor.DisplayName)));
    }

    [Fact]
    public async Task Setting_and_taking_back_change_nothing_the_second_time_and_a_toggle_always_does()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var comment = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "hm");
        Assert.False((await Reactions.TakeBackAsync(ada, stream.Id, comment.Id, ReactionTypes.Sad)).IsSet);
        for (var again = 0; again < 2; again++)
            Assert.Equal("sad:1", Reactions.Text((await Reactions.SetAsync(ada, stream.Id, comment.Id, ReactionTypes.Sad)).ReactionCounts));
        await Database.CatchesUpAsync(system);
        Assert.Equal("sad:1", Reactions.Text((await Reactions.SetAsync(ada, stream.Id, comment.Id, ReactionTypes.Sad)).ReactionCounts));
        foreach (var expected in new[] { false, true, false })
            Assert.Equal(expected, (await Reactions.ToggleAsync(ada, stream.Id, comment.Id, ReactionTypes.Sad)).IsSet);
        await Database.CatchesUpAsync(system);
        Assert.True((await Reactions.ToggleAsync(ada, stream.Id, comment.Id, ReactionTypes.Sad, "key")).IsSet);
        // The retry of a toggle is no other one, before and after Postgres has it; a new key is.
        Assert.True((await Reactions.ToggleAsync(ada, stream.Id, comment.Id, ReactionTypes.Sad, "key")).IsSet);
        await Database.CatchesUpAsync(system);
        Assert.True((await Reactions.ToggleAsync(ada, stream.Id, comment.Id, ReactionTypes.Sad, "key")).IsSet);
        Assert.False((await Reactions.ToggleAsync(ada, stream.Id, comment.Id, ReactionTypes.Sad, "new")).IsSet);
    }

    [Fact]
    public async Task Who_reacted_is_told_page_by_page_the_last_first()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var comment = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "a good one");
        var expected = new List<string>();
        for (var index = 0; index < 5; index++)
        {
            using var fan = await system.ClientOfAsync($"fan-{index}");
            var type = index % 2 == 0 ? ReactionTypes.Like : ReactionTypes.Love;
            await Reactions.SetAsync(fan, stream.Id, comment.Id, type);
            await Reactions.SetAsync(fan, stream.Id, comment.Id, ReactionTypes.Angry);
            await Reactions.TakeBackAsync(fan, stream.Id, comment.Id, ReactionTypes.Angry);
            expected.Insert(0, $"fan-{index} {type}");
            if (index == 2)
                await Database.CatchesUpAsync(system);
        }

        Assert.Equal(expected, await ReadAllAsync(stream.Id, comment.Id, ""));
        Assert.Equal(expected.Where(one => one.EndsWith(ReactionTypes.Love, StringComparison.Ordinal)), await ReadAllAsync(stream.Id, comment.Id, "&type=love"));
        Assert.Empty(await ReadAllAsync(stream.Id, comment.Id, "&type=angry"));
        await Database.CatchesUpAsync(system);
        Assert.Equal(expected, await ReadAllAsync(stream.Id, comment.Id, ""));
        using var second = await system.ClientOfAsync("fan-1");
        var page = await Reactions.PageAsync(second, stream.Id, comment.Id);
        Assert.Equal(("like:3 love:2", "love"), (Reactions.Text(page.ReactionCounts), Assert.Single(page.Mine)));
        Assert.Empty((await Reactions.PageAsync(system.Client, stream.Id, comment.Id)).Mine);
    }

    [Fact]
    public async Task A_deleted_comment_takes_and_shows_no_reactions()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var elsewhere = await RunningSystem.NewStreamAsync(ada);
        var comment = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "oops");
        var path = $"/comments/{comment.Id}/reactions";
        await AssertNotFoundAsync(ada, $"/api/streams/{elsewhere.Id}{path}", ErrorCodes.CommentNotFound);
        await AssertNotFoundAsync(ada, $"/api/streams/no-such-stream{path}", ErrorCodes.StreamNotFound);
        await AssertNotFoundAsync(ada, $"/api/streams/{stream.Id}/comments/1/reactions", ErrorCodes.CommentNotFound);
        await AssertNotFoundAsync(ada, $"/api/streams/{stream.Id}/comments/x/reactions", ErrorCodes.CommentNotFound);
        using var deleted = await ada.DeleteAsync(new Uri($"/api/streams/{stream.Id}/comments/{comment.Id}", UriKind.Relative));
        deleted.EnsureSuccessStatusCode();
        await AssertNotFoundAsync(ada, $"/api/streams/{stream.Id}{path}", ErrorCodes.CommentNotFound);
        await Database.CatchesUpAsync(system);
        await AssertNotFoundAsync(ada, $"/api/streams/{stream.Id}{path}", ErrorCodes.CommentNotFound);
    }

    [Fact]
    public async Task After_the_end_reactions_are_only_taken_back()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var comment = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "bye");
        await Reactions.SetAsync(ada, stream.Id, comment.Id, ReactionTypes.Love);
        using var end = await ada.PostAsync(new Uri($"/api/streams/{stream.Id}/end", UriKind.Relative), null);
        end.EnsureSuccessStatusCode();
        await ProblemDocument.AssertAsync(ada, HttpMethod.Put, $"/api/streams/{stream.Id}/comments/{comment.Id}/reactions/like", HttpStatusCode.Conflict, ErrorCodes.StreamEnded);
        Assert.Empty((await Reactions.TakeBackAsync(ada, stream.Id, comment.Id, ReactionTypes.Love)).Mine);
    }

    [Fact]
    public async Task Too_many_changes_are_refused_and_say_when_the_next_is_free()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var comment = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "click me");
        var address = new Uri($"/api/streams/{stream.Id}/comments/{comment.Id}/reactions/like", UriKind.Relative);
        for (var left = 59; left >= 0; left--)
        {
            using var answer = await ada.PutAsync(address, null);
            Assert.Equal((HttpStatusCode.OK, $"{left}"), (answer.StatusCode, answer.Headers.GetValues("RateLimit-Remaining").Single()));
        }

        using var refused = await ada.PutAsync(address, null);
        await ProblemDocument.AssertAsync(refused, HttpStatusCode.TooManyRequests, ErrorCodes.RateLimited, retryable: true);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        Assert.Equal("60;w=60", refused.Headers.GetValues("RateLimit-Policy").Single());
        // Another user, another limit.
        using var bob = await system.ClientOfAsync("bob");
        await Reactions.SetAsync(bob, stream.Id, comment.Id, ReactionTypes.Like);
    }

    [Theory]
    [InlineData("{\"reactionType\":\"dislike\"}", ErrorCodes.ReactionInvalid)]
    [InlineData("{\"reactionType\":\"Like\"}", ErrorCodes.ReactionInvalid)]
    [InlineData("{\"reactionType\":\"\"}", ErrorCodes.ReactionInvalid)]
    [InlineData("{\"reactionType\":null}", ErrorCodes.ReactionInvalid)]
    [InlineData("{}", ErrorCodes.ReactionInvalid)]
    [InlineData("{\"reactionType\":\"like\",\"reactionType\":\"like\"}", ErrorCodes.InvalidMessage)]
    [InlineData("{\"reactionType\":1}", ErrorCodes.InvalidMessage)]
    [InlineData("{\"reactionType\":[\"like\"]}", ErrorCodes.InvalidMessage)]
    [InlineData("[]", ErrorCodes.InvalidMessage)]
    [InlineData("like", ErrorCodes.InvalidMessage)]
    [InlineData("", ErrorCodes.InvalidMessage)]
    public async Task A_malformed_reaction_is_refused_and_counted_nowhere(string body, string code)
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var comment = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "hm");
        foreach (var path in new[] { $"/api/streams/{stream.Id}/reactions", $"/api/streams/{stream.Id}/comments/{comment.Id}/reactions" })
        {
            using var answer = await ada.PostAsync(new Uri(path, UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"));
            await ProblemDocument.AssertAsync(answer, HttpStatusCode.BadRequest, code);
        }

        Assert.Empty((await Reactions.PageAsync(ada, stream.Id, comment.Id)).ReactionCounts);
    }

    [Fact]
    public async Task Malformed_addresses_are_refused()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var comment = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "hm");
        var path = $"/api/streams/{stream.Id}/comments/{comment.Id}/reactions";
        await ProblemDocument.AssertAsync(system.Client, HttpMethod.Put, $"{path}/like", HttpStatusCode.Unauthorized, ErrorCodes.Unauthorized);
        await ProblemDocument.AssertAsync(system.Client, HttpMethod.Delete, $"{path}/like", HttpStatusCode.Unauthorized, ErrorCodes.Unauthorized);
        await ProblemDocument.AssertAsync(ada, HttpMethod.Put, $"{path}/dislike", HttpStatusCode.BadRequest, ErrorCodes.ReactionInvalid);
        await ProblemDocument.AssertAsync(ada, HttpMethod.Get, $"{path}?type=dislike", HttpStatusCode.BadRequest, ErrorCodes.ReactionInvalid);
        await ProblemDocument.AssertAsync(ada, HttpMethod.Get, $"{path}?cursor=1", HttpStatusCode.BadRequest, ErrorCodes.CursorInvalid);
        await ProblemDocument.AssertAsync(ada, HttpMethod.Get, $"{path}?limit=0", HttpStatusCode.BadRequest, ErrorCodes.LimitInvalid);
        Assert.Empty((await Reactions.PageAsync(ada, stream.Id, comment.Id, "?cursor=1-18446744073709551615&limit=200")).Reactions);
    }

    private async Task AssertCountsAsync(string streamId, string expected, params string[] comments)
    {
        foreach (var order in new[] { "newest", "oldest", "top" })
        {
            var page = (await system.Client.GetFromJsonAsync(new Uri($"/api/streams/{streamId}/comments?order={order}", UriKind.Relative), ContractsJson.Default.CommentPage))!;
            Assert.All(page.Comments, comment => Assert.Equal(expected, Reactions.Text(comment.ReactionCounts)));
        }

        foreach (var id in comments)
        {
            var comment = (await system.Client.GetFromJsonAsync(new Uri($"/api/streams/{streamId}/comments/{id}", UriKind.Relative), ContractsJson.Default.Comment))!;
            Assert.Equal(expected, Reactions.Text(comment.ReactionCounts));
            Assert.Equal(expected, Reactions.Text((await Reactions.PageAsync(system.Client, streamId, id)).ReactionCounts));
        }
    }

    private async Task<List<string>> ReadAllAsync(string streamId, string commentId, string query)
    {
        var reactors = new List<string>();
        for (string? next = ""; next is not null;)
        {
            var page = await Reactions.PageAsync(system.Client, streamId, commentId, $"?limit=2{query}{next}");
            reactors.AddRange(page.Reactions.Select(reactor => $"{reactor.Username} {reactor.ReactionType}"));
            next = page.Next is null ? null : $"&cursor={page.Next}";
        }

        return reactors;
    }

    private static async Task AssertNotFoundAsync(HttpClient client, string path, string code)
    {
        await ProblemDocument.AssertAsync(client, HttpMethod.Get, path, HttpStatusCode.NotFound, code);
        await ProblemDocument.AssertAsync(client, HttpMethod.Put, $"{path}/like", HttpStatusCode.NotFound, code);
        await ProblemDocument.AssertAsync(client, HttpMethod.Delete, $"{path}/like", HttpStatusCode.NotFound, code);
        using var toggle = await client.PostAsJsonAsync(new Uri(path, UriKind.Relative), new ReactionRequest(ReactionTypes.Like), ContractsJson.Default.ReactionRequest);
        await ProblemDocument.AssertAsync(toggle, HttpStatusCode.NotFound, code);
    }
}
