using System.Net;
using System.Net.Http.Json;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Access;

/// <summary>What a moderator hides is gone for everybody at once, and comes back whole, once, and last.</summary>
[Collection(AccessCollection.Name)]
public sealed class HidingTests(AccessSystem system) : IDisposable
{
    // Each is a comment, three acts and seven reads.
    private const int Races = 25;

    private readonly HttpClient _owner = AccessSystem.ClientOf(system.Api, TestTokens.Of("hiding-owner"));
    private readonly HttpClient _moderator = AccessSystem.ClientOf(system.ClosedApi, TestTokens.Of("hiding-judge", Roles.Moderator));
    private readonly HttpClient _ada = AccessSystem.ClientOf(system.Api, TestTokens.Of("hiding-ada"));
    private readonly HttpClient _adaElsewhere = AccessSystem.ClientOf(system.ClosedApi, TestTokens.Of("hiding-ada"));
    private readonly HttpClient _viewer = AccessSystem.ClientOf(system.Fanout);

    public void Dispose()
    {
        _owner.Dispose();
        _moderator.Dispose();
        _ada.Dispose();
        _adaElsewhere.Dispose();
        _viewer.Dispose();
    }

    [Fact]
    public async Task A_hidden_comment_is_in_no_answer_and_comes_back_last_with_its_reactions_to_everybody_once()
    {
        var stream = await RunningSystem.NewStreamAsync(_owner);
        var first = await RunningSystem.PostAcceptedAsync(_owner, stream.Id, "first");
        var comment = await RunningSystem.PostAcceptedAsync(_ada, stream.Id, "is this too much?", key: "once");
        var last = await RunningSystem.PostAcceptedAsync(_owner, stream.Id, "last");
        await Wire.SendAsync(_owner, HttpMethod.Put, $"/api/streams/{stream.Id}/comments/{comment.Id}/reactions/like", HttpStatusCode.OK);
        using var events = await EventStream.OpenAsync(_viewer, stream.Id);
        foreach (var expected in new[] { first, comment, last })
            Assert.Equal(expected.Id, (await events.NextCommentAsync("the backfill")).Id);
        var before = events.LastEventId;

        for (var again = 0; again < 2; again++)
            await Wire.PostAsync(_moderator, Act(stream.Id, comment.Id, "hide"), new ModerationReason("perhaps"), ContractsJson.Default.ModerationReason);
        await AssertGoneAsync(stream.Id, comment.Id, [last.Id, first.Id]);
        ReceivedEvent received;
        do
            received = await events.NextAsync("the removal");
        while (received.Type != ServerMessageTypes.CommentRemoved);
        Assert.Equal(comment.Id, received.Payload.GetProperty("commentId").GetString());
        Assert.Equal([first.Id, last.Id], await FirstSightAsync(stream.Id, 2));
        await Eventually.UntilAsync("it is in the list of what is hidden", async () =>
            (await Wire.GetAsync(_owner, $"/api/streams/{stream.Id}/moderation/hidden", ContractsJson.Default.CommentPage)).Comments.Select(one => one.Id).SequenceEqual([comment.Id]));
        await AssertGoneAsync(stream.Id, comment.Id, [last.Id, first.Id]);
        await AssertCountAsync(stream.Id, 2);
        // The author's retry hears what it heard before, and posts nothing.
        Assert.Equal(comment.Id, (await RunningSystem.PostAcceptedAsync(_adaElsewhere, stream.Id, "is this too much?", key: "once")).Id);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(index =>
            Wire.PostAsync(index % 2 == 0 ? _moderator : _owner, Act(stream.Id, comment.Id, "unhide"), new ModerationReason("no, it is fine"), ContractsJson.Default.ModerationReason)));
        var back = await events.NextCommentAsync("what came back");
        Assert.Equal((comment.Id, comment.Cursor, comment.CreatedAt, 1), (back.Id, back.RestoredFrom, back.CreatedAt, back.ReactionCounts["like"]));
        await AssertOrderAsync(stream.Id, [first.Id, last.Id, comment.Id]);
        Assert.Equal([first.Id, last.Id, comment.Id], await FirstSightAsync(stream.Id, 3));
        var next = await RunningSystem.PostAcceptedAsync(_owner, stream.Id, "next");
        Assert.Equal(next.Id, (await events.NextCommentAsync("nothing in between")).Id);
        using (var returning = await EventStream.OpenAsync(_viewer, stream.Id, before))
        {
            Assert.Equal(comment.Id, (await returning.NextCommentAsync("what was missed")).Id);
            Assert.Equal(next.Id, (await returning.NextCommentAsync("what was missed")).Id);
        }

        await Wire.SendAsync(_ada, HttpMethod.Put, $"/api/streams/{stream.Id}/comments/{comment.Id}/reactions/like", HttpStatusCode.OK);
        await Eventually.UntilAsync("Postgres has it where it lies now", async () =>
            (await Wire.GetAsync(_owner, $"/api/streams/{stream.Id}/moderation/acts", ContractsJson.Default.ModerationActPage)).Acts.Select(act => act.Kind)
                .SequenceEqual([ModerationActKinds.UnhideComment, ModerationActKinds.HideComment])
            && (await Wire.GetAsync(_ada, $"/api/streams/{stream.Id}/comments?order=top", ContractsJson.Default.CommentPage)).Comments.Select(one => (one.Id, one.ReactionCounts.GetValueOrDefault("like")))
                .First() == (comment.Id, 2));
        await AssertOrderAsync(stream.Id, [first.Id, last.Id, comment.Id, next.Id]);
        await AssertCountAsync(stream.Id, 4);

        // Hidden once more it may be deleted, and then nothing brings it back.
        await Wire.PostAsync(_owner, Act(stream.Id, comment.Id, "hide"), new ModerationReason(), ContractsJson.Default.ModerationReason);
        await AssertGoneAsync(stream.Id, comment.Id, [next.Id, last.Id, first.Id]);
        await Wire.SendAsync(_ada, HttpMethod.Delete, $"/api/streams/{stream.Id}/comments/{comment.Id}");
        foreach (var act in new[] { "hide", "unhide" })
            await Wire.RefusedAsync(_moderator, Act(stream.Id, comment.Id, act), new ModerationReason(), ContractsJson.Default.ModerationReason, HttpStatusCode.NotFound, ErrorCodes.CommentNotFound);
        await AssertGoneAsync(stream.Id, comment.Id, [next.Id, last.Id, first.Id]);
        await Eventually.UntilAsync("nothing is hidden any more", async () => (await Wire.GetAsync(_owner, $"/api/streams/{stream.Id}/moderation/hidden", ContractsJson.Default.CommentPage)).Comments.Count == 0);
        await AssertCountAsync(stream.Id, 3);
    }

    [Fact]
    public async Task What_its_author_deletes_while_it_comes_back_is_gone_everywhere()
    {
        var stream = await RunningSystem.NewStreamAsync(_owner);
        for (var round = 0; round < Races; round++)
        {
            var comment = await RunningSystem.PostAcceptedAsync(_ada, stream.Id, $"round {round}");
            await Wire.PostAsync(_moderator, Act(stream.Id, comment.Id, "hide"), new ModerationReason(), ContractsJson.Default.ModerationReason);
            var deleting = _ada.DeleteAsync(new Uri($"/api/streams/{stream.Id}/comments/{comment.Id}", UriKind.Relative));
            using var unhidden = await _moderator.PostAsJsonAsync(Act(stream.Id, comment.Id, "unhide"), new ModerationReason(), ContractsJson.Default.ModerationReason);
            using var deleted = await deleting;
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
            Assert.Contains(unhidden.StatusCode, new[] { HttpStatusCode.NoContent, HttpStatusCode.NotFound });
            await AssertGoneAsync(stream.Id, comment.Id, []);
        }

        var marker = await RunningSystem.PostAcceptedAsync(_owner, stream.Id, "the only one");
        Assert.Equal([marker.Id], await FirstSightAsync(stream.Id, 1));
    }

    [Fact]
    public async Task Of_bringing_back_and_deleting_by_two_moderators_at_once_deleting_holds_or_comes_after()
    {
        var stream = await RunningSystem.NewStreamAsync(_owner);
        for (var round = 0; round < Races; round++)
        {
            var comment = await RunningSystem.PostAcceptedAsync(_ada, stream.Id, $"round {round}");
            await Wire.PostAsync(_moderator, Act(stream.Id, comment.Id, "hide"), new ModerationReason(), ContractsJson.Default.ModerationReason);
            // Through two processes, and now one and then the other first.
            var (one, other) = round % 2 == 0 ? ("delete", "unhide") : ("unhide", "delete");
            var answers = await Task.WhenAll(
                _owner.PostAsJsonAsync(Act(stream.Id, comment.Id, one), new ModerationReason(), ContractsJson.Default.ModerationReason),
                _moderator.PostAsJsonAsync(Act(stream.Id, comment.Id, other), new ModerationReason(), ContractsJson.Default.ModerationReason));
            var (deleted, unhidden) = round % 2 == 0 ? (answers[0].StatusCode, answers[1].StatusCode) : (answers[1].StatusCode, answers[0].StatusCode);
            Assert.Equal(HttpStatusCode.NoContent, deleted);
            Assert.Contains(unhidden, new[] { HttpStatusCode.NoContent, HttpStatusCode.NotFound });
            await AssertGoneAsync(stream.Id, comment.Id, []);
            foreach (var answer in answers)
                answer.Dispose();
            await Wire.RefusedAsync(_moderator, Act(stream.Id, comment.Id, "unhide"), new ModerationReason(), ContractsJson.Default.ModerationReason, HttpStatusCode.NotFound, ErrorCodes.CommentNotFound);
        }

        var marker = await RunningSystem.PostAcceptedAsync(_owner, stream.Id, "the only one");
        Assert.Equal([marker.Id], await FirstSightAsync(stream.Id, 1));
        await Eventually.UntilAsync("nothing is hidden, by Postgres too", async () => (await Wire.GetAsync(_owner, $"/api/streams/{stream.Id}/moderation/hidden", ContractsJson.Default.CommentPage)).Comments.Count == 0);
        await AssertCountAsync(stream.Id, 1);
    }

    [Fact]
    public async Task Hiding_what_is_not_there_changes_nothing()
    {
        var stream = await RunningSystem.NewStreamAsync(_owner);
        var elsewhere = await RunningSystem.NewStreamAsync(_ada);
        var comment = await RunningSystem.PostAcceptedAsync(_ada, elsewhere.Id, "on another stream");
        foreach (var (id, act) in new[] { (comment.Id, "hide"), (comment.Id, "unhide"), ("1", "hide"), ("x", "unhide") })
            await Wire.RefusedAsync(_owner, Act(stream.Id, id, act), new ModerationReason(), ContractsJson.Default.ModerationReason, HttpStatusCode.NotFound, ErrorCodes.CommentNotFound);
        await Wire.RefusedAsync(_owner, Act(elsewhere.Id, comment.Id, "hide"), new ModerationReason(), ContractsJson.Default.ModerationReason, HttpStatusCode.Forbidden, ErrorCodes.Forbidden);
        await Wire.RefusedAsync(_ada, Act(elsewhere.Id, comment.Id, "hide"), new ModerationReason(new string('x', ModerationLimits.MaxReasonCharacters + 1)), ContractsJson.Default.ModerationReason, HttpStatusCode.BadRequest, ErrorCodes.InvalidMessage);

        // A moderator of one stream, until the broadcaster thinks otherwise.
        await Wire.SendAsync(_ada, HttpMethod.Put, $"/api/streams/{elsewhere.Id}/moderation/moderators/hiding-owner");
        await Wire.PostAsync(_owner, Act(elsewhere.Id, comment.Id, "hide"), new ModerationReason(), ContractsJson.Default.ModerationReason);
        await Wire.SendAsync(_ada, HttpMethod.Delete, $"/api/streams/{elsewhere.Id}/moderation/moderators/hiding-owner");
        await Wire.RefusedAsync(_owner, Act(elsewhere.Id, comment.Id, "unhide"), new ModerationReason(), ContractsJson.Default.ModerationReason, HttpStatusCode.Forbidden, ErrorCodes.Forbidden);
        await AssertGoneAsync(elsewhere.Id, comment.Id, []);
    }

    private async Task AssertGoneAsync(string streamId, string commentId, string[] newestFirst)
    {
        foreach (var client in new[] { _ada, _adaElsewhere })
        {
            foreach (var path in new[] { "", "/replies", "/reactions" })
                await ProblemDocument.AssertAsync(client, HttpMethod.Get, $"/api/streams/{streamId}/comments/{commentId}{path}", HttpStatusCode.NotFound, ErrorCodes.CommentNotFound);
            Assert.Equal(newestFirst, await IdsAsync(client, streamId, "newest"));
            Assert.Equal(newestFirst.Reverse(), await IdsAsync(client, streamId, "oldest"));
            Assert.DoesNotContain(commentId, await IdsAsync(client, streamId, "top"));
        }
    }

    private async Task AssertOrderAsync(string streamId, string[] oldestFirst)
    {
        foreach (var client in new[] { _ada, _adaElsewhere })
        {
            Assert.Equal(oldestFirst, await IdsAsync(client, streamId, "oldest"));
            Assert.Equal(oldestFirst.Reverse(), await IdsAsync(client, streamId, "newest"));
        }
    }

    private async Task AssertCountAsync(string streamId, long expected) =>
        Assert.Equal(expected, (await Wire.GetAsync(_ada, $"/api/streams/{streamId}/metrics", ContractsJson.Default.StreamMetrics)).CommentCount);

    private async Task<List<string>> FirstSightAsync(string streamId, int count)
    {
        using var events = await EventStream.OpenAsync(_viewer, streamId);
        var ids = new List<string>();
        while (ids.Count < count)
            ids.Add((await events.NextCommentAsync("the backfill")).Id);
        return ids;
    }

    private static async Task<List<string>> IdsAsync(HttpClient client, string streamId, string order) =>
        [.. (await Wire.GetAsync(client, $"/api/streams/{streamId}/comments?order={order}", ContractsJson.Default.CommentPage)).Comments.Select(comment => comment.Id)];

    private static string Act(string streamId, string commentId, string act) => $"/api/streams/{streamId}/moderation/comments/{commentId}/{act}";
}
