using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Access;

/// <summary>What moderators do takes effect at once, through whichever Api process. Two of them share one log here.</summary>
[Collection(AccessCollection.Name)]
public sealed class ModerationTests(AccessSystem system) : IDisposable
{
    // Each is a comment, a deletion, four readers meanwhile and twelve reads after; some 50 ms.
    private const int Races = 60;

    private readonly HttpClient _owner = AccessSystem.ClientOf(system.Api, TestTokens.Of("moderation-owner"));
    private readonly HttpClient _ada = AccessSystem.ClientOf(system.Api, TestTokens.Of("ada"));
    private readonly HttpClient _adaElsewhere = AccessSystem.ClientOf(system.ClosedApi, TestTokens.Of("ada"));
    private readonly HttpClient _viewer = AccessSystem.ClientOf(system.Fanout);

    public void Dispose()
    {
        _owner.Dispose();
        _ada.Dispose();
        _adaElsewhere.Dispose();
        _viewer.Dispose();
    }

    [Theory]
    [InlineData(SanctionKinds.Ban, ErrorCodes.Banned)]
    [InlineData(SanctionKinds.Mute, ErrorCodes.Muted)]
    public async Task A_sanction_holds_in_every_process_at_the_next_post_until_it_is_lifted(string kind, string code)
    {
        var stream = await RunningSystem.NewStreamAsync(_owner);
        var elsewhere = await RunningSystem.NewStreamAsync(_owner);
        var retried = await RunningSystem.PostAcceptedAsync(_ada, stream.Id, "before", key: "once");
        using var silence = new RedisSilence(system.Api, system.ClosedApi);
        for (var (proven, round) = (0, 0); proven < 10; round++)
        {
            Assert.True(round < 30, "Redis gave no answer in most of the rounds.");
            await PutAsync(_owner, $"/api/streams/{stream.Id}/moderation/sanctions/{kind}/ada", new SanctionRequest("rude"), ContractsJson.Default.SanctionRequest);
            var holds = true;
            foreach (var client in new[] { _adaElsewhere, _ada })
            {
                using var refused = await RunningSystem.PostAsync(client, stream.Id, new PostComment("now"));
                // On a busy machine Redis may take too long; a process without its answer hears of the act some milliseconds later, and that is no fault.
                if (refused.StatusCode == HttpStatusCode.Created && silence.WasNoticed)
                    holds = false;
                else
                    await ProblemDocument.AssertAsync(refused, HttpStatusCode.Forbidden, code);
            }

            proven += holds ? 1 : 0;
            await RunningSystem.PostAcceptedAsync(_adaElsewhere, elsewhere.Id, "on another stream");
            // What was accepted before stays so, and a retry hears of it.
            Assert.Equal(retried.Id, (await RunningSystem.PostAcceptedAsync(_adaElsewhere, stream.Id, "before", key: "once")).Id);
            using var lifted = await _owner.DeleteAsync(new Uri($"/api/streams/{stream.Id}/moderation/sanctions/{kind}/ada", UriKind.Relative));
            Assert.Equal(HttpStatusCode.NoContent, lifted.StatusCode);
            await RunningSystem.PostAcceptedAsync(_adaElsewhere, stream.Id, "again");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_process_that_begins_knows_who_is_banned_by_Postgres_or_by_the_log(bool isWritten)
    {
        var stream = await RunningSystem.NewStreamAsync(_owner);
        await PutAsync(_owner, $"/api/streams/{stream.Id}/moderation/sanctions/ban/ada", new SanctionRequest("rude"), ContractsJson.Default.SanctionRequest);
        if (isWritten)
            await Eventually.UntilAsync("Postgres has the ban", async () => (await GetAsync(_owner, $"/api/streams/{stream.Id}/moderation/acts", ContractsJson.Default.ModerationActPage)).Acts.Count == 1);
        await system.ClosedApi.KillAsync();
        await system.ClosedApi.StartAsync();
        using var refused = await RunningSystem.PostAsync(_adaElsewhere, stream.Id, new PostComment("now"));
        await ProblemDocument.AssertAsync(refused, HttpStatusCode.Forbidden, ErrorCodes.Banned);
    }

    [Fact]
    public async Task A_ban_by_an_admin_holds_on_every_stream_and_ends_by_itself()
    {
        using var admin = AccessSystem.ClientOf(system.ClosedApi, TestTokens.Of("admin", Roles.Admin));
        using var eve = AccessSystem.ClientOf(system.Api, TestTokens.Of("eve-of-all"));
        var stream = await RunningSystem.NewStreamAsync(_owner);
        var sanction = await PutAsync(admin, "/api/moderation/sanctions/ban/eve-of-all", new SanctionRequest("spam", 2), ContractsJson.Default.SanctionRequest);
        using (var refused = await RunningSystem.PostAsync(eve, stream.Id, new PostComment("hello")))
            await ProblemDocument.AssertAsync(refused, HttpStatusCode.Forbidden, ErrorCodes.Banned);
        await Eventually.UntilAsync("the ban is over", async () =>
        {
            using var answer = await RunningSystem.PostAsync(eve, stream.Id, new PostComment("hello"));
            return answer.StatusCode == HttpStatusCode.Created;
        });
        Assert.NotNull(sanction);
    }

    [Fact]
    public async Task Who_is_muted_in_the_shadow_hears_nothing_of_it_and_nobody_hears_them()
    {
        var stream = await RunningSystem.NewStreamAsync(_owner);
        await PutAsync(_owner, $"/api/streams/{stream.Id}/moderation/sanctions/shadow_mute/ada", new SanctionRequest(), ContractsJson.Default.SanctionRequest);
        using var events = await EventStream.OpenAsync(_viewer, stream.Id);
        var shadow = await RunningSystem.PostAcceptedAsync(_ada, stream.Id, "can you hear me?", key: "shadow");
        Assert.Null(shadow.Status);
        Assert.Equal(shadow.Id, (await RunningSystem.PostAcceptedAsync(_adaElsewhere, stream.Id, "can you hear me?", key: "shadow")).Id);
        var seen = await RunningSystem.PostAcceptedAsync(_owner, stream.Id, "hello everybody");
        Assert.Equal(seen.Id, (await events.NextCommentAsync("the comment that is seen")).Id);
        Assert.Equal([seen.Id], await HistoryAsync(stream.Id));
    }

    [Fact]
    public async Task A_held_comment_is_seen_once_a_moderator_lets_it_pass_in_the_order_of_that_moment()
    {
        using var moderator = AccessSystem.ClientOf(system.ClosedApi, TestTokens.Of("judge-1", Roles.Moderator));
        using var other = AccessSystem.ClientOf(system.Api, TestTokens.Of("judge-2", Roles.Moderator));
        var stream = await RunningSystem.NewStreamAsync(_owner);
        await PutAsync(_owner, $"/api/streams/{stream.Id}/moderation/rules", new ModerationRules { Words = [new("maybe", ModerationActions.Hold)] }, ContractsJson.Default.ModerationRules);
        using var events = await EventStream.OpenAsync(_viewer, stream.Id);
        var held = await RunningSystem.PostAcceptedAsync(_ada, stream.Id, "M4ybe this", key: "held");
        Assert.Equal(HeldStatus.Held, held.Status);
        Assert.Equal((held.Id, HeldStatus.Held), (await RunningSystem.PostAcceptedAsync(_ada, stream.Id, "M4ybe this", key: "held")) is var again ? (again.Id, again.Status) : default);
        var refused = await RunningSystem.PostAcceptedAsync(_ada, stream.Id, "maybe not this");
        var first = await RunningSystem.PostAcceptedAsync(_owner, stream.Id, "said meanwhile");
        Assert.Equal([first.Id], await HistoryAsync(stream.Id));

        var claimed = new List<QueuedComment>();
        await Eventually.UntilAsync("both wait in the queue", async () => (await GetAsync(other, $"/api/streams/{stream.Id}/moderation/queue", ContractsJson.Default.ReviewQueue)).Comments.Count == 2);
        claimed.AddRange(await ClaimAsync(moderator, stream.Id));
        Assert.Equal(held.Id, Assert.Single(claimed).Comment.Id);
        Assert.Equal(refused.Id, Assert.Single(await ClaimAsync(other, stream.Id)).Comment.Id);

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(index => DecideAsync(index % 2 == 0 ? moderator : other, stream.Id, held.Id, "approve")));
        Assert.All(answers, status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal([held.Id, first.Id], await HistoryAsync(stream.Id));
        Assert.Equal(first.Id, (await events.NextCommentAsync("what was said meanwhile")).Id);
        Assert.Equal(held.Id, (await events.NextCommentAsync("what was approved")).Id);

        Assert.Equal(HttpStatusCode.OK, await DecideAsync(other, stream.Id, refused.Id, "reject"));
        Assert.Equal(HttpStatusCode.Conflict, await DecideAsync(moderator, stream.Id, refused.Id, "approve"));
        Assert.Equal([held.Id, first.Id], await HistoryAsync(stream.Id));
        await Eventually.UntilAsync("their author is told", async () =>
            (await GetAsync(_ada, $"/api/streams/{stream.Id}/comments/held", ContractsJson.Default.HeldComments)).Comments.Select(one => (one.Comment.Id, one.Status))
                .SequenceEqual([(refused.Id, HeldStatus.Rejected), (held.Id, HeldStatus.Approved)]));
        // Nobody else is.
        Assert.Empty((await GetAsync(_owner, $"/api/streams/{stream.Id}/comments/held", ContractsJson.Default.HeldComments)).Comments);
    }

    [Fact]
    public async Task Of_two_opposite_decisions_at_once_one_holds()
    {
        using var moderator = AccessSystem.ClientOf(system.ClosedApi, TestTokens.Of("judge-1", Roles.Moderator));
        var stream = await RunningSystem.NewStreamAsync(_owner);
        await PutAsync(_owner, $"/api/streams/{stream.Id}/moderation/rules", new ModerationRules { Words = [new("maybe", ModerationActions.Hold)] }, ContractsJson.Default.ModerationRules);
        for (var round = 0; round < 5; round++)
        {
            var held = await RunningSystem.PostAcceptedAsync(_ada, stream.Id, $"maybe {round}");
            await Eventually.UntilAsync("it waits in the queue", async () => (await GetAsync(_owner, $"/api/streams/{stream.Id}/moderation/queue", ContractsJson.Default.ReviewQueue)).Comments.Any(one => one.Comment.Id == held.Id));
            var answers = await Task.WhenAll(DecideAsync(_owner, stream.Id, held.Id, "approve"), DecideAsync(moderator, stream.Id, held.Id, "reject"));
            Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], answers.Order());
            Assert.Equal(answers[0] == HttpStatusCode.OK, (await HistoryAsync(stream.Id)).Contains(held.Id));
        }
    }

    [Fact]
    public async Task Rules_of_the_stream_and_of_all_refuse_drop_and_say_what_is_wrong_with_themselves()
    {
        using var admin = AccessSystem.ClientOf(system.ClosedApi, TestTokens.Of("admin", Roles.Admin));
        var stream = await RunningSystem.NewStreamAsync(_owner);
        var rules = $"/api/streams/{stream.Id}/moderation/rules";
        await PutAsync(_owner, rules, new ModerationRules { Words = [new("rotten", ModerationActions.Reject)], Links = new(ModerationActions.Drop) }, ContractsJson.Default.ModerationRules);
        await PutAsync(admin, "/api/moderation/rules", new ModerationRules { Patterns = [new("zzz{5,}", ModerationActions.Reject)] }, ContractsJson.Default.ModerationRules);
        try
        {
            foreach (var text in new[] { "r0tt3n", "zzzzzzzzz" })
            {
                await Eventually.UntilAsync($"'{text}' is refused", async () =>
                {
                    using var answer = await RunningSystem.PostAsync(_ada, stream.Id, new PostComment(text));
                    return answer.StatusCode == HttpStatusCode.UnprocessableEntity;
                });
                using var refused = await RunningSystem.PostAsync(_ada, stream.Id, new PostComment(text));
                await ProblemDocument.AssertAsync(refused, HttpStatusCode.UnprocessableEntity, ErrorCodes.ContentViolation);
            }

            var before = await HistoryAsync(stream.Id);
            await RunningSystem.PostAcceptedAsync(_ada, stream.Id, "look at foe.com");
            Assert.Equal(before, await HistoryAsync(stream.Id));
            // The broadcaster says what they like.
            await RunningSystem.PostAcceptedAsync(_owner, stream.Id, "rotten");

            using var wrong = await _owner.PutAsJsonAsync(rules, new ModerationRules { Patterns = [new(@"(a)\1", ModerationActions.Hold)] }, ContractsJson.Default.ModerationRules);
            await ProblemDocument.AssertAsync(wrong, HttpStatusCode.BadRequest, ErrorCodes.RuleInvalid);
            Assert.Equal("patterns[0]", (await wrong.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("field").GetString());
            Assert.Equal("rotten", Assert.Single((await GetAsync(_owner, rules, ContractsJson.Default.ModerationRules)).Words).Word);
        }
        finally
        {
            await PutAsync(admin, "/api/moderation/rules", new ModerationRules(), ContractsJson.Default.ModerationRules);
        }
    }

    [Fact]
    public async Task Settings_hold_for_everybody_but_moderators()
    {
        using var helper = AccessSystem.ClientOf(system.Api, TestTokens.Of("helper"));
        var stream = await RunningSystem.NewStreamAsync(_owner);
        using (var made = await _owner.PutAsync(new Uri($"/api/streams/{stream.Id}/moderation/moderators/helper", UriKind.Relative), null))
            Assert.Equal(HttpStatusCode.NoContent, made.StatusCode);
        var settings = $"/api/streams/{stream.Id}/settings";

        await PutAsync(helper, settings, new StreamSettings { CommentsOff = true }, ContractsJson.Default.StreamSettings);
        await RefusedAsync("hello", HttpStatusCode.Conflict, ErrorCodes.CommentsOff);
        await RunningSystem.PostAcceptedAsync(helper, stream.Id, "hello");
        await PutAsync(helper, settings, new StreamSettings { EmoteOnly = true }, ContractsJson.Default.StreamSettings);
        await RefusedAsync("hello", HttpStatusCode.UnprocessableEntity, ErrorCodes.EmoteOnly);
        await RunningSystem.PostAcceptedAsync(_ada, stream.Id, "👍");
        await PutAsync(helper, settings, new StreamSettings { SlowModeSeconds = 300 }, ContractsJson.Default.StreamSettings);
        await RefusedAsync("hello", HttpStatusCode.TooManyRequests, ErrorCodes.RateLimited);
        await RunningSystem.PostAcceptedAsync(helper, stream.Id, "one");
        await RunningSystem.PostAcceptedAsync(helper, stream.Id, "two");
        await PutAsync(helper, settings, new StreamSettings { ShieldMode = true }, ContractsJson.Default.StreamSettings);
        await RefusedAsync("hello", HttpStatusCode.TooManyRequests, ErrorCodes.RateLimited);
        await PutAsync(helper, settings, new StreamSettings(), ContractsJson.Default.StreamSettings);
        await RunningSystem.PostAcceptedAsync(_ada, stream.Id, "hello");

        using (var former = await _owner.DeleteAsync(new Uri($"/api/streams/{stream.Id}/moderation/moderators/helper", UriKind.Relative)))
            Assert.Equal(HttpStatusCode.NoContent, former.StatusCode);
        using var refused = await helper.PutAsJsonAsync(settings, new StreamSettings(), ContractsJson.Default.StreamSettings);
        await ProblemDocument.AssertAsync(refused, HttpStatusCode.Forbidden, ErrorCodes.Forbidden);

        async Task RefusedAsync(string text, HttpStatusCode status, string code)
        {
            using var answer = await RunningSystem.PostAsync(_ada, stream.Id, new PostComment(text));
            await ProblemDocument.AssertAsync(answer, status, code, retryable: status == HttpStatusCode.TooManyRequests);
        }
    }

    [Fact]
    public async Task What_a_moderator_deletes_is_gone_everywhere_with_the_answer_and_stands_in_the_audit()
    {
        using var moderator = AccessSystem.ClientOf(system.ClosedApi, TestTokens.Of("judge-1", Roles.Moderator));
        var stream = await RunningSystem.NewStreamAsync(_owner);
        using var events = await EventStream.OpenAsync(_viewer, stream.Id);
        var comment = await RunningSystem.PostAcceptedAsync(_ada, stream.Id, "oops");
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => DeleteAsync(moderator, stream.Id, comment.Id)));
        Assert.All(answers, status => Assert.Equal(HttpStatusCode.NoContent, status));
        Assert.Empty(await HistoryAsync(stream.Id));
        await ProblemDocument.AssertAsync(_ada, HttpMethod.Get, $"/api/streams/{stream.Id}/comments/{comment.Id}", HttpStatusCode.NotFound, ErrorCodes.CommentNotFound);
        Assert.Equal(comment.Id, (await events.NextCommentAsync("the comment")).Id);
        Assert.Equal(ServerMessageTypes.CommentRemoved, (await events.NextAsync("its removal")).Type);
        await Eventually.UntilAsync("the act is in the audit", async () =>
            (await GetAsync(_owner, $"/api/streams/{stream.Id}/moderation/acts", ContractsJson.Default.ModerationActPage)).Acts is [{ Kind: ModerationActKinds.DeleteComment, ById: "judge-1", Reason: "rude", Comment.Content: "oops" }]);
        foreach (var (query, count) in new[] { ("kind=comment.delete", 1), ("kind=user.ban", 0), ("userId=judge-1", 1), ("kind=comment.delete&userId=nobody", 0) })
            Assert.Equal(count, (await GetAsync(_owner, $"/api/streams/{stream.Id}/moderation/acts?{query}", ContractsJson.Default.ModerationActPage)).Acts.Count);
        var csv = await _owner.GetStringAsync(new Uri($"/api/streams/{stream.Id}/moderation/acts/export", UriKind.Relative));
        Assert.Equal(2, csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains(",judge-1,judge-1,rude,", csv, StringComparison.Ordinal);
        var line = await _owner.GetStringAsync(new Uri($"/api/streams/{stream.Id}/moderation/acts/export?format=jsonl", UriKind.Relative));
        Assert.Equal("oops", System.Text.Json.JsonSerializer.Deserialize(line, ContractsJson.Default.ModerationAct)!.Comment!.Content);
    }

    [Fact]
    public async Task Pinned_and_highlighted_comments_are_so_for_viewers_in_history_and_in_Postgres()
    {
        var stream = await RunningSystem.NewStreamAsync(_owner);
        var (first, second) = (await RunningSystem.PostAcceptedAsync(_ada, stream.Id, "one"), await RunningSystem.PostAcceptedAsync(_ada, stream.Id, "two"));
        using var events = await EventStream.OpenAsync(_viewer, stream.Id);
        Assert.Equal(first.Id, (await events.NextCommentAsync("the first")).Id);
        await MarkAsync(HttpMethod.Put, first.Id, "pin");
        Assert.Equal((first.Id, true), await NextMarkAsync());
        await MarkAsync(HttpMethod.Put, second.Id, "pin");
        Assert.Equal((first.Id, false), await NextMarkAsync());
        Assert.Equal((second.Id, true), await NextMarkAsync());
        await MarkAsync(HttpMethod.Put, first.Id, "highlight");
        Assert.Equal(second.Id, (await GetAsync(_ada, $"/api/streams/{stream.Id}/pinned", ContractsJson.Default.Comment)).Id);

        await using var database = Npgsql.NpgsqlDataSource.Create(system.Postgres.ConnectionString);
        await Eventually.UntilAsync("Postgres has the marks", async () =>
        {
            await AssertMarksAsync();
            await using var command = database.CreateCommand("select count(*) from comments where stream_id = $1 and (is_pinned and id = $2 or is_highlighted and id = $3)");
            foreach (var value in new object[] { stream.Id, long.Parse(second.Id, System.Globalization.CultureInfo.InvariantCulture), long.Parse(first.Id, System.Globalization.CultureInfo.InvariantCulture) })
                command.Parameters.Add(new Npgsql.NpgsqlParameter { Value = value });
            return await command.ExecuteScalarAsync() is 2L;
        });
        await AssertMarksAsync();
        await MarkAsync(HttpMethod.Delete, second.Id, "pin");
        using var none = await _ada.GetAsync(new Uri($"/api/streams/{stream.Id}/pinned", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NoContent, none.StatusCode);

        async Task AssertMarksAsync()
        {
            foreach (var order in new[] { "newest", "oldest" })
            {
                var page = await GetAsync(_ada, $"/api/streams/{stream.Id}/comments?order={order}", ContractsJson.Default.CommentPage);
                Assert.Equal([(first.Id, false, true), (second.Id, true, false)], page.Comments.Select(one => (one.Id, one.IsPinned, one.IsHighlighted)).Order());
            }
        }

        async Task<(string, bool?)> NextMarkAsync()
        {
            ReceivedEvent received;
            do
                received = await events.NextAsync("a mark");
            while (received.Type != ServerMessageTypes.CommentUpdated);
            return (received.Payload.GetProperty("commentId").GetString()!, received.Payload.GetProperty("isPinned").GetBoolean());
        }

        async Task MarkAsync(HttpMethod method, string commentId, string what)
        {
            using var request = new HttpRequestMessage(method, $"/api/streams/{stream.Id}/moderation/comments/{commentId}/{what}");
            using var answer = await _owner.SendAsync(request);
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_list_of_ten_thousand_words_goes_through_the_gateway_and_holds_elsewhere()
    {
        using var owner = AccessSystem.ClientOf(system.Gateway, TestTokens.Of("moderation-owner"));
        var stream = await RunningSystem.NewStreamAsync(_owner);
        var words = Enumerable.Range(0, ModerationLimits.MaxWords).Select(index => new WordRule($"unmöglichkeit{index}", ModerationActions.Reject)).ToList();
        var path = $"/api/streams/{stream.Id}/moderation/rules";
        await PutAsync(owner, path, new ModerationRules { Words = words }, ContractsJson.Default.ModerationRules);
        await Eventually.UntilAsync("the other process has the list", async () =>
        {
            using var answer = await RunningSystem.PostAsync(_adaElsewhere, stream.Id, new PostComment("UNMÖGLICHKEIT7777"));
            return answer.StatusCode == HttpStatusCode.UnprocessableEntity;
        });
        await RunningSystem.PostAcceptedAsync(_adaElsewhere, stream.Id, "unmöglich");
        using var tooMany = await owner.PutAsJsonAsync(path, new ModerationRules { Words = [.. words, new("one more", ModerationActions.Hold)] }, ContractsJson.Default.ModerationRules);
        await ProblemDocument.AssertAsync(tooMany, HttpStatusCode.BadRequest, ErrorCodes.RuleInvalid);
        Assert.Equal(ModerationLimits.MaxWords, (await GetAsync(_owner, path, ContractsJson.Default.ModerationRules)).Words.Count);
    }

    [Fact]
    public async Task Everybody_is_told_what_they_may_do_on_a_stream_and_a_named_moderator_as_soon_as_named()
    {
        var stream = await RunningSystem.NewStreamAsync(_owner);
        using var moderator = AccessSystem.ClientOf(system.Api, TestTokens.Of("judge-1", Roles.Moderator));
        using var admin = AccessSystem.ClientOf(system.Api, TestTokens.Of("boss", Roles.Admin));
        Assert.Equal((false, false), await RightsAsync(_ada));
        Assert.Equal((true, true), await RightsAsync(_owner));
        Assert.Equal((true, false), await RightsAsync(moderator));
        Assert.Equal((true, true), await RightsAsync(admin));
        var ada = new Uri($"/api/streams/{stream.Id}/moderation/moderators/ada", UriKind.Relative);
        (await _owner.PutAsync(ada, null)).Dispose();
        Assert.Equal((true, false), await RightsAsync(_ada));
        await Eventually.UntilAsync("another process has heard of it", async () => await RightsAsync(_adaElsewhere) == (true, false));
        (await _owner.DeleteAsync(ada)).Dispose();
        Assert.Equal((false, false), await RightsAsync(_ada));

        async Task<(bool, bool)> RightsAsync(HttpClient client)
        {
            var rights = await GetAsync(client, $"/api/streams/{stream.Id}/me", ContractsJson.Default.StreamRights);
            return (rights.MayModerate, rights.MayAppoint);
        }
    }

    [Fact]
    public async Task Who_is_banned_reacts_to_nothing()
    {
        var stream = await RunningSystem.NewStreamAsync(_owner);
        var comment = await RunningSystem.PostAcceptedAsync(_owner, stream.Id, "react to this");
        await PutAsync(_owner, $"/api/streams/{stream.Id}/moderation/sanctions/ban/ada", new SanctionRequest(), ContractsJson.Default.SanctionRequest);
        using var tap = await _ada.PostAsJsonAsync($"/api/streams/{stream.Id}/reactions", new ReactionRequest("like"), ContractsJson.Default.ReactionRequest);
        await ProblemDocument.AssertAsync(tap, HttpStatusCode.Forbidden, ErrorCodes.Banned);
        using var like = await _ada.PutAsync(new Uri($"/api/streams/{stream.Id}/comments/{comment.Id}/reactions/like", UriKind.Relative), null);
        await ProblemDocument.AssertAsync(like, HttpStatusCode.Forbidden, ErrorCodes.Banned);
    }

    [Fact]
    public async Task What_a_moderator_deleted_is_in_no_history_and_in_no_look_at_it_after_the_answer()
    {
        using var elsewhere = AccessSystem.ClientOf(system.ClosedApi, TestTokens.Of("moderation-owner"));
        var stream = await RunningSystem.NewStreamAsync(_owner);
        for (var round = 0; round < Races; round++)
        {
            var before = await RunningSystem.PostAcceptedAsync(_owner, stream.Id, "stays");
            var comment = await RunningSystem.PostAcceptedAsync(_ada, stream.Id, $"oops {round}");
            // Readers are under way when the deletion comes, as they always are.
            var readers = Enumerable.Range(0, 4).Select(_ => HistoryAsync(stream.Id)).ToList();
            Assert.Equal(HttpStatusCode.NoContent, await DeleteAsync(round % 2 == 0 ? _owner : elsewhere, stream.Id, comment.Id));
            var after = await Task.WhenAll(Enumerable.Range(0, 4).Select(async index =>
            {
                var client = index % 2 == 0 ? _ada : _adaElsewhere;
                using var one = await client.GetAsync(new Uri($"/api/streams/{stream.Id}/comments/{comment.Id}", UriKind.Relative));
                var page = await GetAsync(client, $"/api/streams/{stream.Id}/comments?limit=3&order=newest", ContractsJson.Default.CommentPage);
                var oldest = await GetAsync(client, $"/api/streams/{stream.Id}/comments?limit=3&order=oldest&cursor={before.Cursor}", ContractsJson.Default.CommentPage);
                return one.StatusCode == HttpStatusCode.NotFound && page.Comments.Concat(oldest.Comments).All(read => read.Id != comment.Id);
            }));
            Assert.All(after, Assert.True);
            await Task.WhenAll(readers);
        }
    }

    private async Task<List<string>> HistoryAsync(string streamId) =>
        [.. (await GetAsync(_adaElsewhere, $"/api/streams/{streamId}/comments", ContractsJson.Default.CommentPage)).Comments.Select(comment => comment.Id)];

    private static async Task<HttpStatusCode> DecideAsync(HttpClient client, string streamId, string commentId, string decision)
    {
        using var answer = await client.PostAsJsonAsync($"/api/streams/{streamId}/moderation/queue/{commentId}/{decision}", new ModerationReason("as it is"), ContractsJson.Default.ModerationReason);
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> DeleteAsync(HttpClient client, string streamId, string commentId)
    {
        using var answer = await client.PostAsJsonAsync($"/api/streams/{streamId}/moderation/comments/{commentId}/delete", new ModerationReason("rude"), ContractsJson.Default.ModerationReason);
        return answer.StatusCode;
    }

    private static async Task<IReadOnlyList<QueuedComment>> ClaimAsync(HttpClient client, string streamId)
    {
        using var answer = await client.PostAsJsonAsync($"/api/streams/{streamId}/moderation/queue/claim", new ClaimRequest(), ContractsJson.Default.ClaimRequest);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync(ContractsJson.Default.ReviewQueue))!.Comments;
    }

    private static async Task<string> PutAsync<T>(HttpClient client, string path, T body, JsonTypeInfo<T> type)
    {
        using var answer = await client.PutAsJsonAsync(path, body, type);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<T> GetAsync<T>(HttpClient client, string path, JsonTypeInfo<T> type) =>
        (await client.GetFromJsonAsync(new Uri(path, UriKind.Relative), type))!;
}
