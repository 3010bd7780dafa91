using System.Net;
using System.Net.Http.Json;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Access;

/// <summary>What viewers report reaches moderators, once and in time; and what becomes of it moves reputations, in every process.</summary>
[Collection(AccessCollection.Name)]
public sealed class ReportsTests(AccessSystem system) : IAsyncLifetime
{
    private readonly HttpClient _owner = AccessSystem.ClientOf(system.Api, TestTokens.Of("reports-owner"));
    private readonly HttpClient _author = AccessSystem.ClientOf(system.Api, TestTokens.Of("reports-author"));
    // Users of this test alone: what becomes of reports changes what those of their users count.
    private readonly string _name = $"reporter-{Guid.NewGuid():N}-";
    private readonly List<HttpClient> _viewers = [];

    public Task InitializeAsync()
    {
        _viewers.AddRange(Enumerable.Range(0, 4).Select(index => AccessSystem.ClientOf(index % 2 == 0 ? system.Api : system.ClosedApi, TestTokens.Of($"{_name}{index}", username: $"reporter-{index}"))));
        return Task.CompletedTask;
    }

    public Task DisposeAsync()
    {
        _owner.Dispose();
        _author.Dispose();
        _viewers.ForEach(viewer => viewer.Dispose());
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Enough_reports_bring_a_comment_into_the_queue_and_one_user_counts_once()
    {
        var stream = await RunningSystem.NewStreamAsync(_owner);
        var comment = await RunningSystem.PostAcceptedAsync(_author, stream.Id, "buy my followers");
        var other = await RunningSystem.PostAcceptedAsync(_author, stream.Id, "hello");
        await ReportAsync(_viewers[0], stream.Id, other.Id, ReportReasons.Other);
        await ReportAsync(_viewers[0], stream.Id, comment.Id, ReportReasons.Spam, "third time today");
        await ReportAsync(_viewers[0], stream.Id, comment.Id, ReportReasons.Hate);
        await ReportAsync(_viewers[1], stream.Id, comment.Id, ReportReasons.Spam);
        await Eventually.UntilAsync("two reports are listed, and the most reported first", async () =>
            (await ReportsAsync(stream.Id)).Select(one => (one.Comment.Id, one.Count, one.IsInReview)).SequenceEqual([(comment.Id, 2, false), (other.Id, 1, false)]));
        Assert.Empty((await QueueAsync(stream.Id)).Comments);

        await ReportAsync(_viewers[2], stream.Id, comment.Id, ReportReasons.Harassment);
        var waiting = await Eventually.GetAsync("the comment waits for a moderator", async () => (await QueueAsync(stream.Id)).Comments.SingleOrDefault());
        Assert.Equal((comment.Id, "reported", "spam 2, harassment 1", true), (waiting.Comment.Id, waiting.Reason, waiting.Detail, waiting.IsPublished));
        var listed = (await ReportsAsync(stream.Id))[0];
        Assert.True(listed.IsInReview);
        Assert.Equal([("reporter-2", null), ("reporter-1", null), ("reporter-0", "third time today")], listed.Reports.Select(report => (report.Username, report.Note)));
        Assert.Equal(2, listed.Reasons[ReportReasons.Spam]);
        // The stream's own number holds at once, in both directions.
        await Wire.PutAsync(_owner, $"/api/streams/{stream.Id}/settings", new StreamSettings { ReportsToReview = 1 }, ContractsJson.Default.StreamSettings);
        Assert.Equal([comment.Id, other.Id], (await QueueAsync(stream.Id)).Comments.Select(one => one.Comment.Id).Order());
        await Wire.PutAsync(_owner, $"/api/streams/{stream.Id}/settings", new StreamSettings { ReportsToReview = 4 }, ContractsJson.Default.StreamSettings);
        Assert.Empty((await QueueAsync(stream.Id)).Comments);
    }

    [Fact]
    public async Task Held_and_reported_comments_wait_in_one_queue_and_no_two_moderators_get_the_same()
    {
        using var other = AccessSystem.ClientOf(system.ClosedApi, TestTokens.Of("reports-judge", Roles.Moderator));
        var stream = await RunningSystem.NewStreamAsync(_owner);
        await Wire.PutAsync(_owner, $"/api/streams/{stream.Id}/settings", new StreamSettings { ReportsToReview = 1 }, ContractsJson.Default.StreamSettings);
        await Wire.PutAsync(_owner, $"/api/streams/{stream.Id}/moderation/rules", new ModerationRules { Words = [new("maybe", ModerationActions.Hold)] }, ContractsJson.Default.ModerationRules);
        var published = await RunningSystem.PostAcceptedAsync(_author, stream.Id, "seen");
        var held = await RunningSystem.PostAcceptedAsync(_author, stream.Id, "maybe");
        await ReportAsync(_viewers[0], stream.Id, published.Id, ReportReasons.Violence);
        await Eventually.UntilAsync("both wait, oldest first", async () => (await QueueAsync(stream.Id)).Comments.Select(one => (one.Comment.Id, one.IsPublished)).SequenceEqual([(held.Id, false), (published.Id, true)]));
        Assert.Equal(held.Id, Assert.Single(await ClaimAsync(_owner, stream.Id)).Comment.Id);
        var claimed = Assert.Single(await ClaimAsync(other, stream.Id));
        Assert.Equal((published.Id, "reports-judge"), (claimed.Comment.Id, claimed.ClaimedById));
        using var third = AccessSystem.ClientOf(system.Api, TestTokens.Of("reports-judge-2", Roles.Moderator));
        Assert.Empty(await ClaimAsync(third, stream.Id));

        // Approving is for what was held.
        await Wire.RefusedAsync(other, $"/api/streams/{stream.Id}/moderation/queue/{published.Id}/approve", new ModerationReason(), ContractsJson.Default.ModerationReason, HttpStatusCode.NotFound, ErrorCodes.CommentNotFound);
        await Wire.PostAsync(other, $"/api/streams/{stream.Id}/moderation/reports/{published.Id}/keep", new ModerationReason("fine"), ContractsJson.Default.ModerationReason);
        await Wire.PostAsync(other, $"/api/streams/{stream.Id}/moderation/reports/{published.Id}/keep", new ModerationReason("fine"), ContractsJson.Default.ModerationReason);
        await Eventually.UntilAsync("it waits no longer", async () => (await QueueAsync(stream.Id)).Comments.All(one => one.Comment.Id == held.Id) && (await ReportsAsync(stream.Id)).Count == 0);
        await ReportAsync(_viewers[1], stream.Id, published.Id, ReportReasons.Spam);
        await Eventually.UntilAsync("reported anew, it waits behind the other", async () => (await QueueAsync(stream.Id)).Comments.Select(one => one.Comment.Id).SequenceEqual([held.Id, published.Id]));
    }

    [Fact]
    public async Task What_was_deleted_is_in_no_list_of_reports_from_then_on_and_its_reporters_are_thanked()
    {
        var stream = await RunningSystem.NewStreamAsync(_owner);
        await Wire.PutAsync(_owner, $"/api/streams/{stream.Id}/settings", new StreamSettings { ReportsToReview = 1 }, ContractsJson.Default.StreamSettings);
        using var eve = AccessSystem.ClientOf(system.Api, TestTokens.Of("reports-eve"));
        for (var round = 0; round < 10; round++)
        {
            var comment = await RunningSystem.PostAcceptedAsync(eve, stream.Id, $"bad {round}");
            await ReportAsync(_viewers[3], stream.Id, comment.Id, ReportReasons.Hate);
            await Eventually.UntilAsync("it is listed", async () => (await ReportsAsync(stream.Id)).Count == 1);
            await Wire.PostAsync(_owner, $"/api/streams/{stream.Id}/moderation/comments/{comment.Id}/delete", new ModerationReason("bad"), ContractsJson.Default.ModerationReason);
            Assert.Empty(await ReportsAsync(stream.Id));
            Assert.Empty((await QueueAsync(stream.Id)).Comments);
            Assert.Empty(await ClaimAsync(_owner, stream.Id));
        }

        // Ten right reports count twice as much as one of somebody who is not known; ten deleted comments leave nothing of a name.
        await Wire.PutAsync(_owner, $"/api/streams/{stream.Id}/settings", new StreamSettings { ReportsToReview = 2 }, ContractsJson.Default.StreamSettings);
        var last = await RunningSystem.PostAcceptedAsync(_author, stream.Id, "one more");
        await ReportAsync(_viewers[3], stream.Id, last.Id, ReportReasons.Hate);
        await Eventually.UntilAsync("one report of theirs is enough for two", async () => (await QueueAsync(stream.Id)).Comments.Count == 1);
        await AssertReputationAsync("reports-eve", 0);
        await AssertReputationAsync($"{_name}3", 1);
        await Wire.PutAsync(_owner, $"/api/streams/{stream.Id}/moderation/rules", new ModerationRules { LowReputation = new(ModerationActions.Hold) }, ContractsJson.Default.ModerationRules);
        foreach (var process in new[] { system.Api, system.ClosedApi })
        {
            using var here = AccessSystem.ClientOf(process, TestTokens.Of("reports-eve"));
            using var author = AccessSystem.ClientOf(process, TestTokens.Of("reports-author"));
            await Eventually.UntilAsync("eve's comments wait there, too", async () => (await RunningSystem.PostAcceptedAsync(here, stream.Id, "it's me")).Status == HeldStatus.Held);
            Assert.Null((await RunningSystem.PostAcceptedAsync(author, stream.Id, "good evening")).Status);
        }

        await system.ClosedApi.KillAsync();
        await system.ClosedApi.StartAsync();
        using var after = AccessSystem.ClientOf(system.ClosedApi, TestTokens.Of("reports-eve"));
        Assert.Equal(HeldStatus.Held, (await RunningSystem.PostAcceptedAsync(after, stream.Id, "still me")).Status);
    }

    [Fact]
    public async Task A_report_that_makes_no_sense_is_refused_and_changes_nothing()
    {
        var stream = await RunningSystem.NewStreamAsync(_owner);
        var elsewhere = await RunningSystem.NewStreamAsync(_owner);
        var comment = await RunningSystem.PostAcceptedAsync(_author, stream.Id, "hello");
        await RefusedAsync(_viewers[0], stream.Id, comment.Id, new ReportRequest("boring"), HttpStatusCode.BadRequest, ErrorCodes.InvalidMessage);
        await RefusedAsync(_viewers[0], stream.Id, comment.Id, new ReportRequest(ReportReasons.Spam, new string('x', ModerationLimits.MaxNoteCharacters + 1)), HttpStatusCode.BadRequest, ErrorCodes.InvalidMessage);
        await RefusedAsync(_viewers[0], stream.Id, comment.Id, new ReportRequest(ReportReasons.Spam, "nul\0"), HttpStatusCode.BadRequest, ErrorCodes.InvalidMessage);
        await RefusedAsync(_author, stream.Id, comment.Id, new ReportRequest(ReportReasons.Spam), HttpStatusCode.Forbidden, ErrorCodes.Forbidden);
        await RefusedAsync(_viewers[0], elsewhere.Id, comment.Id, new ReportRequest(ReportReasons.Spam), HttpStatusCode.NotFound, ErrorCodes.CommentNotFound);
        await RefusedAsync(_viewers[0], stream.Id, "x", new ReportRequest(ReportReasons.Spam), HttpStatusCode.NotFound, ErrorCodes.CommentNotFound);
        await Wire.PutAsync(_owner, $"/api/streams/{elsewhere.Id}/moderation/sanctions/ban/{_name}1", new SanctionRequest(), ContractsJson.Default.SanctionRequest);
        await RefusedAsync(_viewers[1], elsewhere.Id, comment.Id, new ReportRequest(ReportReasons.Spam), HttpStatusCode.Forbidden, ErrorCodes.Banned);
        await Wire.SendAsync(_author, HttpMethod.Delete, $"/api/streams/{stream.Id}/comments/{comment.Id}");
        await RefusedAsync(_viewers[0], stream.Id, comment.Id, new ReportRequest(ReportReasons.Spam), HttpStatusCode.NotFound, ErrorCodes.CommentNotFound);
        foreach (var bad in new[] { new StreamSettings { ReportsToReview = 0 }, new StreamSettings { FollowersOnlySeconds = -1 }, new StreamSettings { FollowersOnlySeconds = ModerationLimits.MaxFollowSeconds + 1 } })
        {
            using var answer = await _owner.PutAsJsonAsync($"/api/streams/{stream.Id}/settings", bad, ContractsJson.Default.StreamSettings);
            await ProblemDocument.AssertAsync(answer, HttpStatusCode.BadRequest, ErrorCodes.InvalidMessage);
        }

        Assert.Empty(await ReportsAsync(stream.Id));
    }

    [Fact]
    public async Task Who_reports_too_much_is_told_when_to_go_on()
    {
        using var zealot = AccessSystem.ClientOf(system.Api, TestTokens.Of("reports-zealot"));
        var stream = await RunningSystem.NewStreamAsync(_owner);
        var comment = await RunningSystem.PostAcceptedAsync(_author, stream.Id, "hello");
        for (var count = 0; count < 20; count++)
            await ReportAsync(zealot, stream.Id, comment.Id, ReportReasons.Other);
        using var refused = await zealot.PostAsJsonAsync(Path(stream.Id, comment.Id), new ReportRequest(ReportReasons.Other), ContractsJson.Default.ReportRequest);
        await ProblemDocument.AssertAsync(refused, HttpStatusCode.TooManyRequests, ErrorCodes.RateLimited, retryable: true);
        Assert.NotNull(refused.Headers.RetryAfter);
    }

    private async Task AssertReputationAsync(string userId, double expected)
    {
        await using var database = Npgsql.NpgsqlDataSource.Create(system.Postgres.ConnectionString);
        await Eventually.UntilAsync($"the reputation of {userId} is {expected}", async () =>
        {
            await using var command = database.CreateCommand("select score from user_reputations where user_id = $1");
            command.Parameters.Add(new Npgsql.NpgsqlParameter { Value = userId });
            return await command.ExecuteScalarAsync() is double score && Math.Abs(score - expected) < 1e-6;
        });
    }

    private static string Path(string streamId, string commentId) => $"/api/streams/{streamId}/comments/{commentId}/reports";

    private static Task ReportAsync(HttpClient client, string streamId, string commentId, string reason, string? note = null) =>
        Wire.PostAsync(client, Path(streamId, commentId), new ReportRequest(reason, note), ContractsJson.Default.ReportRequest);

    private static Task RefusedAsync(HttpClient client, string streamId, string commentId, ReportRequest report, HttpStatusCode status, string code) =>
        Wire.RefusedAsync(client, Path(streamId, commentId), report, ContractsJson.Default.ReportRequest, status, code);

    private async Task<IReadOnlyList<ReportedComment>> ReportsAsync(string streamId) => (await Wire.GetAsync(_owner, $"/api/streams/{streamId}/moderation/reports", ContractsJson.Default.ReportedComments)).Comments;

    private Task<ReviewQueue> QueueAsync(string streamId) => Wire.GetAsync(_owner, $"/api/streams/{streamId}/moderation/queue", ContractsJson.Default.ReviewQueue);

    private static async Task<IReadOnlyList<QueuedComment>> ClaimAsync(HttpClient client, string streamId)
    {
        using var answer = await client.PostAsJsonAsync($"/api/streams/{streamId}/moderation/queue/claim", new ClaimRequest(), ContractsJson.Default.ClaimRequest);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync(ContractsJson.Default.ReviewQueue))!.Comments;
    }
}
