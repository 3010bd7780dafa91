using System.Net;
using System.Net.Http.Json;
using Aspire.Hosting.Testing;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using NATS.Client.Core;
using NATS.Client.JetStream;

namespace LiveComments.IntegrationTests;

/// <summary>Figures of a stream, its best comments, and what viewers get while reactions outnumber comments.</summary>
[Collection(SystemCollection.Name)]
public sealed class StreamFiguresTests(RunningSystem system)
{
    [Fact]
    public async Task Comments_are_counted_exactly_before_and_after_Postgres_has_them()
    {
        using var ada = await system.ClientOfAsync("ada");
        using var bob = await system.ClientOfAsync("bob");
        var stream = await RunningSystem.NewStreamAsync(ada);
        Assert.Equal((0L, 0L), Counted(await MetricsAsync(stream.Id)));
        var first = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "one");
        await RunningSystem.PostAcceptedAsync(ada, stream.Id, "two");
        Assert.Equal((2L, 1L), Counted(await MetricsAsync(stream.Id)));
        await Database.CatchesUpAsync(system);
        var oops = await RunningSystem.PostAcceptedAsync(bob, stream.Id, "oops");
        Assert.Equal((3L, 2L), Counted(await MetricsAsync(stream.Id)));
        foreach (var (author, comment) in new[] { (bob, oops), (ada, first) })
        {
            using var answer = await author.DeleteAsync(new Uri($"/api/streams/{stream.Id}/comments/{comment.Id}", UriKind.Relative));
            answer.EnsureSuccessStatusCode();
        }

        Assert.Equal((1L, 2L), Counted(await MetricsAsync(stream.Id)));
        await Database.CatchesUpAsync(system);
        var metrics = await MetricsAsync(stream.Id);
        Assert.Equal((1L, 2L), Counted(metrics));
        Assert.InRange(metrics.CommentsPerMinute, 0.1, 3);
        var listed = (await ListAsync()).Streams.Single(one => one.Id == stream.Id);
        Assert.Equal((1L, 0L), (listed.CommentCount, listed.ReactionCount));
        await ProblemDocument.AssertAsync(ada, HttpMethod.Get, "/api/streams/no-such-stream/metrics", HttpStatusCode.NotFound, ErrorCodes.StreamNotFound);
    }

    [Fact]
    public async Task Who_watches_is_counted_and_counted_out_again_and_the_most_is_remembered()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        using var first = await EventStream.OpenAsync(system.Client, stream.Id);
        using (await EventStream.OpenAsync(system.Client, stream.Id))
        {
            await Eventually.UntilAsync("both are counted", async () => (await MetricsAsync(stream.Id)).ViewerCount == 2);
            await Eventually.UntilAsync("the list tells them", async () => (await ListAsync()).Streams.Single(one => one.Id == stream.Id).ViewerCount == 2);
        }

        await Eventually.UntilAsync("who left is counted out", async () => (await MetricsAsync(stream.Id)) is { ViewerCount: 1, PeakViewerCount: 2 });
    }

    [Fact]
    public async Task The_best_comments_come_first_page_by_page_and_then_the_newest()
    {
        using var ada = await system.ClientOfAsync("ada");
        using var bob = await system.ClientOfAsync("bob");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var posted = new List<string>();
        for (var index = 0; index < 6; index++)
            posted.Add((await RunningSystem.PostAcceptedAsync(ada, stream.Id, $"comment {index}")).Id);
        // 1: three reactions. 3: a reaction and a reply that stays. 4: a reply. 2: a reply that is deleted, a reaction that is taken back.
        await Reactions.SetAsync(ada, stream.Id, posted[1], ReactionTypes.Like);
        await Reactions.SetAsync(bob, stream.Id, posted[1], ReactionTypes.Like);
        await Reactions.SetAsync(bob, stream.Id, posted[1], ReactionTypes.Angry);
        await Reactions.SetAsync(bob, stream.Id, posted[3], ReactionTypes.Sad);
        var replies = new List<string> { await ReplyAsync(bob, stream.Id, posted[3]), await ReplyAsync(bob, stream.Id, posted[4]) };
        await Reactions.SetAsync(bob, stream.Id, posted[2], ReactionTypes.Haha);
        await Database.CatchesUpAsync(system);
        await Reactions.TakeBackAsync(bob, stream.Id, posted[2], ReactionTypes.Haha);
        using var deletion = await bob.DeleteAsync(new Uri($"/api/streams/{stream.Id}/comments/{await ReplyAsync(bob, stream.Id, posted[2])}", UriKind.Relative));
        deletion.EnsureSuccessStatusCode();
        await Database.CatchesUpAsync(system);

        string[] expected = [posted[1], posted[3], posted[4], replies[1], replies[0], posted[5], posted[2], posted[0]];
        Assert.Equal(expected, await ReadAllAsync($"/api/streams/{stream.Id}/comments?order=top&limit=2"));
        Assert.Equal(expected, await ReadAllAsync($"/api/streams/{stream.Id}/comments?order=top&limit=3"));
        using var page = await system.Client.GetAsync(new Uri($"/api/streams/{stream.Id}/comments?order=top", UriKind.Relative));
        Assert.NotNull(page.Headers.ETag);
        await ProblemDocument.AssertAsync(ada, HttpMethod.Get, $"/api/streams/{stream.Id}/comments?order=top&cursor=1-1", HttpStatusCode.BadRequest, ErrorCodes.CursorInvalid);
        await ProblemDocument.AssertAsync(ada, HttpMethod.Get, $"/api/streams/{stream.Id}/comments?order=best", HttpStatusCode.BadRequest, ErrorCodes.InvalidMessage);
    }

    [Fact]
    public async Task A_first_join_gets_its_fifty_comments_and_a_resume_what_was_missed_though_reactions_outnumber_them()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        await using var nats = new NatsConnection(new NatsOpts { Url = (await system.App.GetConnectionStringAsync("nats"))! });
        var log = new NatsJSContext(nats);
        var posted = new List<Comment>();
        for (var comment = 0; comment < Limits.BackfillComments + 5; comment++)
        {
            posted.Add(await RunningSystem.PostAcceptedAsync(ada, stream.Id, $"comment {comment}"));
            // As an Api process would, at a rate that no test could wait for.
            for (var reaction = 0; reaction < 40; reaction++)
            {
                var headers = new NatsHeaders { [LogHeaders.EventType] = reaction % 2 == 0 ? LogEventTypes.StreamReacted : "from.the.future" };
                if (reaction % 2 == 0 || reaction == 1)
                    await log.PublishAsync(LogSubjects.Append(0, 1, stream.Id), "{\"streamId\":\"s\",\"counts\":{},\"timestamp\":0}"u8.ToArray(), headers: headers);
            }
        }

        using var viewer = await EventStream.OpenAsync(system.Client, stream.Id);
        foreach (var comment in posted[^Limits.BackfillComments..])
            Assert.Equal(comment.Id, (await viewer.NextCommentAsync("the backfill")).Id);
        // From the log itself: further back than the room goes.
        using var back = await EventStream.OpenAsync(system.Client, stream.Id, posted[0].Cursor);
        foreach (var comment in posted[1..])
            Assert.Equal(comment.Id, (await back.NextCommentAsync("what was missed")).Id);
        var next = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "live");
        Assert.Equal(next.Id, (await viewer.NextCommentAsync("what is said now")).Id);
        Assert.Equal(next.Id, (await back.NextCommentAsync("what is said now")).Id);
    }

    private static (long, long) Counted(StreamMetrics metrics) => (metrics.CommentCount, metrics.UniqueCommenters);

    private static async Task<string> ReplyAsync(HttpClient client, string streamId, string parentId)
    {
        using var answer = await RunningSystem.PostAsync(client, streamId, new PostComment("indeed", parentId));
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync(ContractsJson.Default.Comment))!.Id;
    }

    private async Task<StreamMetrics> MetricsAsync(string streamId) =>
        (await system.Client.GetFromJsonAsync(new Uri($"/api/streams/{streamId}/metrics", UriKind.Relative), ContractsJson.Default.StreamMetrics))!;

    private async Task<StreamList> ListAsync() =>
        (await system.Client.GetFromJsonAsync(new Uri("/api/streams/live?limit=200", UriKind.Relative), ContractsJson.Default.StreamList))!;

    private async Task<List<string>> ReadAllAsync(string path)
    {
        var ids = new List<string>();
        for (var next = path; next is not null;)
        {
            using var answer = await system.Client.GetAsync(new Uri(next, UriKind.Relative));
            answer.EnsureSuccessStatusCode();
            ids.AddRange((await answer.Content.ReadFromJsonAsync(ContractsJson.Default.CommentPage))!.Comments.Select(comment => comment.Id));
            next = answer.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        }

        return ids;
    }
}
