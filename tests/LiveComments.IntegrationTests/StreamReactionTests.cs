using System.Net;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests;

/// <summary>Reactions to a stream: many, gathered, counted once.</summary>
[Collection(SystemCollection.Name)]
public sealed class StreamReactionTests(RunningSystem system)
{
    [Fact]
    public async Task Taps_become_the_totals_and_what_is_beyond_the_limit_is_absorbed_in_silence()
    {
        using var ada = await system.ClientOfAsync("ada");
        using var bob = await system.ClientOfAsync("bob");
        var stream = await RunningSystem.NewStreamAsync(ada);
        for (var tap = 0; tap < 120; tap++)
            await AcceptedAsync(ada, stream.Id, ReactionTypes.Like);
        for (var tap = 0; tap < 3; tap++)
            await AcceptedAsync(bob, stream.Id, ReactionTypes.Haha);
        await Eventually.UntilAsync("all taps are counted", async () => (await Reactions.TotalsAsync(system.Client, stream.Id)).Total >= 103);
        await Database.CatchesUpAsync(system);
        var totals = await Reactions.TotalsAsync(system.Client, stream.Id);
        Assert.Equal((stream.Id, 103L, "like:100 haha:3"), (totals.StreamId, totals.Total, Reactions.Text(totals.Counts)));
    }

    [Fact]
    public async Task Totals_are_not_sent_again_until_they_change()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var address = new Uri($"/api/streams/{stream.Id}/reactions", UriKind.Relative);
        using var first = await system.Client.GetAsync(address);
        using var again = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        using var unchanged = await system.Client.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        await AcceptedAsync(ada, stream.Id, ReactionTypes.Wow);
        await Eventually.UntilAsync("the tag changes", async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
            using var answer = await system.Client.SendAsync(request);
            return answer.StatusCode == HttpStatusCode.OK;
        });
    }

    [Fact]
    public async Task Only_a_live_stream_takes_reactions_and_only_of_who_is_somebody()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        using var nobody = await Reactions.TapAsync(system.Client, stream.Id, ReactionTypes.Like);
        await ProblemDocument.AssertAsync(nobody, HttpStatusCode.Unauthorized, ErrorCodes.Unauthorized);
        using var nowhere = await Reactions.TapAsync(ada, "no-such-stream", ReactionTypes.Like);
        await ProblemDocument.AssertAsync(nowhere, HttpStatusCode.NotFound, ErrorCodes.StreamNotFound);
        await ProblemDocument.AssertAsync(ada, HttpMethod.Get, "/api/streams/no-such-stream/reactions", HttpStatusCode.NotFound, ErrorCodes.StreamNotFound);
        using var end = await ada.PostAsync(new Uri($"/api/streams/{stream.Id}/end", UriKind.Relative), null);
        end.EnsureSuccessStatusCode();
        using var late = await Reactions.TapAsync(ada, stream.Id, ReactionTypes.Like);
        await ProblemDocument.AssertAsync(late, HttpStatusCode.Conflict, ErrorCodes.StreamEnded);
    }

    private static async Task AcceptedAsync(HttpClient client, string streamId, string type)
    {
        using var answer = await Reactions.TapAsync(client, streamId, type);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }
}
