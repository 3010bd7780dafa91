using System.Net;
using System.Net.Http.Json;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Access;

/// <summary>What waits for moderators: on all streams for admins, and who looks at it.</summary>
[Collection(AccessCollection.Name)]
public sealed class WaitingTests(AccessSystem system) : IDisposable
{
    // Few, so that what other tests left waiting makes several pages.
    private const int PageSize = 2;

    private readonly HttpClient _admin = AccessSystem.ClientOf(system.ClosedApi, TestTokens.Of("waiting-admin", Roles.Admin));
    private readonly HttpClient _owner = AccessSystem.ClientOf(system.Api, TestTokens.Of("waiting-owner"));
    private readonly HttpClient _otherOwner = AccessSystem.ClientOf(system.Api, TestTokens.Of("waiting-other-owner"));
    private readonly HttpClient _author = AccessSystem.ClientOf(system.Api, TestTokens.Of("waiting-author", username: "author", claims: ("name", "Ada L.")));
    private readonly HttpClient _viewer = AccessSystem.ClientOf(system.Api, TestTokens.Of("waiting-viewer"));

    public void Dispose()
    {
        foreach (var client in new[] { _admin, _owner, _otherOwner, _author, _viewer })
            client.Dispose();
    }

    [Fact]
    public async Task An_admin_sees_what_waits_on_all_streams_oldest_first_and_what_is_decided_waits_no_more()
    {
        var (one, other) = (await StreamAsync(_owner, "one"), await StreamAsync(_otherOwner, "other"));
        await Wire.PutAsync(_otherOwner, $"/api/streams/{other.Id}/settings", new StreamSettings { ReportsToReview = 1 }, ContractsJson.Default.StreamSettings);
        var seen = await RunningSystem.PostAcceptedAsync(_author, one.Id, "reported too seldom");
        var first = await RunningSystem.PostAcceptedAsync(_author, one.Id, "maybe first");
        var second = await RunningSystem.PostAcceptedAsync(_author, other.Id, "maybe second");
        var published = await RunningSystem.PostAcceptedAsync(_author, other.Id, "everybody sees it");
        await ReportAsync(other.Id, published.Id);
        await ReportAsync(one.Id, seen.Id);
        string[] mine = [one.Id, other.Id];

        await Eventually.UntilAsync("those of both streams wait, oldest first", async () =>
            (await QueueAsync(mine)).Select(waiting => (waiting.Comment.Id, waiting.StreamTitle, waiting.IsPublished))
                .SequenceEqual([(first.Id, "one", false), (second.Id, "other", false), (published.Id, "other", true)]));
        await Eventually.UntilAsync("both reports are listed, in the order in which they came", async () =>
            (await ReportsAsync(mine)).Select(reported => (reported.Comment.Id, reported.StreamTitle, reported.IsInReview, reported.Reports.Count))
                .SequenceEqual([(published.Id, "other", true, 1), (seen.Id, "one", false, 1)]));

        // Decided where the stream is; and from that answer on it is in no list, whatever Postgres knows.
        using (var approved = await DecideAsync(one.Id, first.Id, "queue", "approve"))
            Assert.Equal(HttpStatusCode.OK, approved.StatusCode);
        Assert.Equal([second.Id, published.Id], (await QueueAsync(mine)).Select(waiting => waiting.Comment.Id));
        using (var deleted = await DecideAsync(other.Id, published.Id, "comments", "delete"))
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal([second.Id], (await QueueAsync(mine)).Select(waiting => waiting.Comment.Id));
        Assert.Equal([seen.Id], (await ReportsAsync(mine)).Select(reported => reported.Comment.Id));
        using (var kept = await DecideAsync(one.Id, seen.Id, "reports", "keep"))
            Assert.Equal(HttpStatusCode.NoContent, kept.StatusCode);
        Assert.Empty(await ReportsAsync(mine));
        using (var rejected = await DecideAsync(other.Id, second.Id, "queue", "reject"))
            Assert.Equal(HttpStatusCode.OK, rejected.StatusCode);
        Assert.Empty(await QueueAsync(mine));
    }

    [Fact]
    public async Task Admins_claim_over_all_streams_and_moderators_of_a_stream_see_who_did()
    {
        var stream = await StreamAsync(_owner, "claimed");
        var held = await RunningSystem.PostAcceptedAsync(_author, stream.Id, "maybe this");
        await Eventually.UntilAsync("it waits", async () => (await QueueAsync([stream.Id])).Count == 1);
        // What other tests left is older, and goes first: to one admin after the other.
        var claims = new List<(string Id, QueuedComment Claimed)>();
        for (var number = 0; claims.All(claim => claim.Claimed.Comment.Id != held.Id); number++)
        {
            using var admin = AccessSystem.ClientOf(system.Api, TestTokens.Of($"claimer-{number}", Roles.Admin, username: $"Claimer {number}"));
            var claimed = await ClaimAsync(admin, "/api/moderation", new ClaimRequest(ModerationLimits.MaxClaims));
            Assert.NotEmpty(claimed);
            claims.AddRange(claimed.Select(one => ($"claimer-{number}", one)));
        }

        Assert.Equal(claims.Count, claims.Select(claim => claim.Claimed.Comment.Id).Distinct().Count());
        var mine = Assert.Single((await Wire.GetAsync(_owner, $"/api/streams/{stream.Id}/moderation/queue", ContractsJson.Default.ReviewQueue)).Comments);
        Assert.Equal((held.Id, claims[^1].Id, $"Claimer {claims[^1].Id["claimer-".Length..]}"), (mine.Comment.Id, mine.ClaimedById, mine.ClaimedByName));
        Assert.Empty(await ClaimAsync(_owner, $"/api/streams/{stream.Id}/moderation", new ClaimRequest()));
    }

    [Fact]
    public async Task A_claim_that_is_given_back_is_anybody_s_again_and_others_give_nothing_back()
    {
        var stream = await StreamAsync(_owner, "given back");
        using var judge = AccessSystem.ClientOf(system.ClosedApi, TestTokens.Of("waiting-judge", Roles.Moderator));
        var desk = $"/api/streams/{stream.Id}/moderation";
        var held = await RunningSystem.PostAcceptedAsync(_author, stream.Id, "maybe this");
        await Eventually.UntilAsync("it waits", async () => (await ClaimAsync(_owner, desk, new ClaimRequest())).Count == 1);
        await Wire.SendAsync(judge, HttpMethod.Post, $"{desk}/queue/{held.Id}/release");
        Assert.Empty(await ClaimAsync(judge, desk, new ClaimRequest()));
        for (var again = 0; again < 2; again++)
            await Wire.SendAsync(_owner, HttpMethod.Post, $"{desk}/queue/{held.Id}/release");
        var waiting = Assert.Single((await Wire.GetAsync(_owner, $"{desk}/queue", ContractsJson.Default.ReviewQueue)).Comments);
        Assert.Equal((held.Id, null, null, null), (waiting.Comment.Id, waiting.ClaimedById, waiting.ClaimedByName, waiting.ClaimedUntil));
        Assert.Empty(await ClaimAsync(_owner, desk, new ClaimRequest(Except: [held.Id])));
        Assert.Equal(held.Id, Assert.Single(await ClaimAsync(judge, desk, new ClaimRequest())).Comment.Id);

        await ProblemDocument.AssertAsync(_owner, HttpMethod.Post, $"{desk}/queue/1/release", HttpStatusCode.NotFound, ErrorCodes.CommentNotFound);
        foreach (var claim in new[] { new ClaimRequest(0), new ClaimRequest(Except: ["x"]), new ClaimRequest(Except: [.. Enumerable.Repeat("1", ModerationLimits.MaxLeft + 1)]) })
        {
            foreach (var (client, place) in new[] { (_owner, desk), (_admin, "/api/moderation") })
                await Wire.RefusedAsync(client, $"{place}/queue/claim", claim, ContractsJson.Default.ClaimRequest, HttpStatusCode.BadRequest, ErrorCodes.InvalidMessage);
        }

        foreach (var list in new[] { "queue", "reports" })
        {
            await ProblemDocument.AssertAsync(_admin, HttpMethod.Get, $"/api/moderation/{list}?limit=0", HttpStatusCode.BadRequest, ErrorCodes.LimitInvalid);
            await ProblemDocument.AssertAsync(_admin, HttpMethod.Get, $"/api/moderation/{list}?cursor=x", HttpStatusCode.BadRequest, ErrorCodes.CursorInvalid);
        }
    }

    [Fact]
    public async Task Lists_of_people_name_those_who_have_commented()
    {
        var stream = await StreamAsync(_owner, "names");
        await RunningSystem.PostAcceptedAsync(_author, stream.Id, "hello");
        foreach (var user in new[] { "waiting-author", "waiting-nobody" })
        {
            await Wire.PutAsync(_owner, $"/api/streams/{stream.Id}/moderation/sanctions/mute/{user}", new SanctionRequest(), ContractsJson.Default.SanctionRequest);
            await Wire.SendAsync(_owner, HttpMethod.Put, $"/api/streams/{stream.Id}/moderation/moderators/{user}");
        }

        await Eventually.UntilAsync("the author is called by name, in both lists", async () =>
            (await Wire.GetAsync(_owner, $"/api/streams/{stream.Id}/moderation/sanctions", ContractsJson.Default.SanctionList)).Sanctions.Select(sanction => (sanction.UserId, sanction.Name))
                .SequenceEqual([("waiting-nobody", null), ("waiting-author", "Ada L.")])
            && (await Wire.GetAsync(_owner, $"/api/streams/{stream.Id}/moderation/moderators", ContractsJson.Default.ModeratorList)) is { UserIds.Count: 2, Names: { Count: 1 } names } && names["waiting-author"] == "Ada L.");
    }

    private static async Task<LiveStream> StreamAsync(HttpClient owner, string title)
    {
        var stream = await RunningSystem.NewStreamAsync(owner, title);
        await Wire.PutAsync(owner, $"/api/streams/{stream.Id}/moderation/rules", new ModerationRules { Words = [new("maybe", ModerationActions.Hold)] }, ContractsJson.Default.ModerationRules);
        return stream;
    }

    private Task ReportAsync(string streamId, string commentId) =>
        Wire.PostAsync(_viewer, $"/api/streams/{streamId}/comments/{commentId}/reports", new ReportRequest(ReportReasons.Spam), ContractsJson.Default.ReportRequest);

    private Task<HttpResponseMessage> DecideAsync(string streamId, string commentId, string where, string decision) =>
        _admin.PostAsJsonAsync($"/api/streams/{streamId}/moderation/{where}/{commentId}/{decision}", new ModerationReason(), ContractsJson.Default.ModerationReason);

    /// <summary>All pages, without what other tests left.</summary>
    private async Task<List<QueuedComment>> QueueAsync(string[] streams)
    {
        var found = new List<QueuedComment>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await Wire.GetAsync(_admin, $"/api/moderation/queue?limit={PageSize}{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}", ContractsJson.Default.ReviewQueue);
            found.AddRange(page.Comments);
            cursor = page.Next;
        }

        return found.FindAll(one => streams.Contains(one.Comment.StreamId));
    }

    private async Task<List<ReportedComment>> ReportsAsync(string[] streams)
    {
        var found = new List<ReportedComment>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await Wire.GetAsync(_admin, $"/api/moderation/reports?limit={PageSize}{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}", ContractsJson.Default.ReportedComments);
            found.AddRange(page.Comments);
            cursor = page.Next;
        }

        return found.FindAll(one => streams.Contains(one.Comment.StreamId));
    }

    private static async Task<IReadOnlyList<QueuedComment>> ClaimAsync(HttpClient client, string desk, ClaimRequest request)
    {
        using var answer = await client.PostAsJsonAsync($"{desk}/queue/claim", request, ContractsJson.Default.ClaimRequest);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync(ContractsJson.Default.ReviewQueue))!.Comments;
    }
}
