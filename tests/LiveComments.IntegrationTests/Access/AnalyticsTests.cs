using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Access;

/// <summary>What broadcasters see of their streams, while these go on and afterwards. Two Api processes share what happens.</summary>
[Collection(AccessCollection.Name)]
public sealed class AnalyticsTests(AccessSystem system) : IDisposable
{
    private readonly HttpClient _owner = AccessSystem.ClientOf(system.Api, TestTokens.Of("analytics-owner"));
    private readonly HttpClient _ada = AccessSystem.ClientOf(system.Api, TestTokens.Of("ada"));
    private readonly HttpClient _bob = AccessSystem.ClientOf(system.ClosedApi, TestTokens.Of("bob"));
    private readonly HttpClient _viewer = AccessSystem.ClientOf(system.Fanout);

    public void Dispose()
    {
        _owner.Dispose();
        _ada.Dispose();
        _bob.Dispose();
        _viewer.Dispose();
    }

    [Fact]
    public async Task What_happens_through_either_process_is_counted_once_and_stays_when_the_stream_has_ended()
    {
        var stream = await RunningSystem.NewStreamAsync(_owner);
        using var events = await EventStream.OpenAsync(_viewer, stream.Id);
        await RulesAsync(stream.Id, new ModerationRules
        {
            Words = [new("maybe", ModerationActions.Hold), new("rotten", ModerationActions.Reject)],
            Links = new(ModerationActions.Drop),
        });
        await Eventually.UntilAsync("the other process has the rules", async () => await StatusAsync(_bob, stream.Id, "rotten") == HttpStatusCode.UnprocessableEntity);
        var refused = 1;
        var best = await RunningSystem.PostAcceptedAsync(_ada, stream.Id, "i love this, it is beautiful");
        await RunningSystem.PostAcceptedAsync(_bob, stream.Id, "what a great evening");
        await RunningSystem.PostAcceptedAsync(_ada, stream.Id, "hello again");
        var held = await RunningSystem.PostAcceptedAsync(_ada, stream.Id, "maybe this");
        await RunningSystem.PostAcceptedAsync(_bob, stream.Id, "maybe that");
        await RunningSystem.PostAcceptedAsync(_ada, stream.Id, "look at foe.com");
        foreach (var client in new[] { _ada, _bob })
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, await StatusAsync(client, stream.Id, "rotten"));
            refused++;
        }

        await Reactions.SetAsync(_bob, stream.Id, best.Id, ReactionTypes.Love);
        for (var tap = 0; tap < 3; tap++)
        {
            using var tapped = await Reactions.TapAsync(_ada, stream.Id, ReactionTypes.Like);
            tapped.EnsureSuccessStatusCode();
        }

        await Eventually.UntilAsync("both wait in the queue", async () => (await GetAsync(_owner, $"/api/streams/{stream.Id}/moderation/queue", ContractsJson.Default.ReviewQueue)).Comments.Count == 2);
        using (var approved = await _owner.PostAsJsonAsync($"/api/streams/{stream.Id}/moderation/queue/{held.Id}/approve", new ModerationReason(), ContractsJson.Default.ModerationReason))
            approved.EnsureSuccessStatusCode();

        // 4 shown, 1 that waits, 1 dropped, and what was refused.
        var tried = 6.0 + refused;
        var expected = new AnalyticsTotals(4, 2, 3, 1, 0, 2, 1, refused, 1, Math.Round(2 / tried, 4), Math.Round((refused + 1) / tried, 4));
        await Eventually.UntilAsync("all is counted", async () => (await AnalyticsAsync(stream.Id)).Totals with { Sentiment = 0 } == expected);
        var live = await AnalyticsAsync(stream.Id);
        Assert.True(live.IsLive);
        Assert.InRange(live.Totals.Sentiment!.Value, 0.55, 1);
        Assert.Equal(best.Id, Assert.Single(live.TopComments).Id);
        Assert.Equal(live.Times.Count, live.Comments.Count);
        Assert.Equal(4, live.Comments.Sum());
        Assert.Equal(1, live.PeakViewers.Max());

        // What its author takes back is among the best no more, with the answer.
        using (var deleted = await _ada.DeleteAsync(new Uri($"/api/streams/{stream.Id}/comments/{best.Id}", UriKind.Relative)))
            deleted.EnsureSuccessStatusCode();
        Assert.Empty((await AnalyticsAsync(stream.Id)).TopComments);
        using (var ended = await _owner.PostAsync(new Uri($"/api/streams/{stream.Id}/end", UriKind.Relative), null))
            ended.EnsureSuccessStatusCode();
        await Eventually.UntilAsync("it has ended", async () => !(await AnalyticsAsync(stream.Id)).IsLive);
        var after = (await AnalyticsAsync(stream.Id)).Totals;
        // The minute in which it ended is not written before it is over; who watched is known of whole minutes alone.
        Assert.Equal(expected with { PeakViewers = 0 }, after with { Sentiment = 0, PeakViewers = 0 });
    }

    [Theory]
    [InlineData("from=noon")]
    [InlineData("from=-1")]
    [InlineData("from=10&to=5")]
    [InlineData("from=9999999999999")]
    [InlineData("step=59")]
    [InlineData("step=1e3")]
    [InlineData("to=1")]
    public async Task A_time_that_makes_no_sense_is_refused(string query)
    {
        var stream = await RunningSystem.NewStreamAsync(_owner);
        await ProblemDocument.AssertAsync(_owner, HttpMethod.Get, $"/api/streams/{stream.Id}/analytics?{query}", HttpStatusCode.BadRequest, ErrorCodes.RangeInvalid);
    }

    private Task<StreamAnalytics> AnalyticsAsync(string streamId) => GetAsync(_owner, $"/api/streams/{streamId}/analytics", ContractsJson.Default.StreamAnalytics);

    private async Task RulesAsync(string streamId, ModerationRules rules)
    {
        using var answer = await _owner.PutAsJsonAsync($"/api/streams/{streamId}/moderation/rules", rules, ContractsJson.Default.ModerationRules);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string streamId, string text)
    {
        using var answer = await RunningSystem.PostAsync(client, streamId, new PostComment(text));
        return answer.StatusCode;
    }

    private static async Task<T> GetAsync<T>(HttpClient client, string path, JsonTypeInfo<T> type) => (await client.GetFromJsonAsync(new Uri(path, UriKind.Relative), type))!;
}
