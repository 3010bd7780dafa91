using System.Net;
using LiveComments.Api.Persistence;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests;

/// <summary>A Postgres that is there and answers nothing: the worst kind of away.</summary>
public sealed class PostgresAwayTests
{
    private const int FailuresToOpen = 5;

    [Fact]
    public async Task Reads_answer_503_first_in_time_then_at_once_while_posts_go_on_and_then_read_again()
    {
        await using var path = await WritePath.StartAsync();
        using var ada = await path.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var history = new Uri($"/api/streams/{stream.Id}/comments?order=oldest", UriKind.Relative);
        var before = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "before", "1");
        await Eventually.UntilAsync("history is read", async () => (await ada.GetAsync(history)).IsSuccessStatusCode);

        path.Postgres.Pause();
        try
        {
            await Task.WhenAll(Enumerable.Range(0, FailuresToOpen).Select(_ => AssertAwayAsync(ada, history)));
            var asked = TimeProvider.System.GetTimestamp();
            await AssertAwayAsync(ada, history);
            foreach (var other in new[] { "/api/streams", $"/api/streams/{stream.Id}/comments?order=top", $"/api/streams/{stream.Id}/metrics", $"/api/streams/{stream.Id}/reactions", $"/api/streams/{stream.Id}/comments/{before.Id}/reactions" })
                await AssertAwayAsync(ada, new Uri(other, UriKind.Relative));
            // Sooner than it could have been if Postgres had been asked.
            Assert.InRange(TimeProvider.System.GetElapsedTime(asked), TimeSpan.Zero, DatabaseReads.Timeout);
            await RunningSystem.PostAcceptedAsync(ada, stream.Id, "meanwhile", "2");

            // With Redis away as well: a new post goes on all the same, and its retry finds it in the log, though the stream has ended since.
            await path.Redis.KillAsync();
            var latest = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "the log alone", "3");
            using var ended = await ada.PostAsync(new Uri($"/api/streams/{stream.Id}/end", UriKind.Relative), null);
            ended.EnsureSuccessStatusCode();
            Assert.Equal(latest.Id, (await RunningSystem.PostAcceptedAsync(ada, stream.Id, "the log alone", "3")).Id);
            using var late = await RunningSystem.PostAsync(ada, stream.Id, new PostComment("too late"), "4");
            await ProblemDocument.AssertAsync(late, HttpStatusCode.Conflict, ErrorCodes.StreamEnded);
        }
        finally
        {
            path.Postgres.Resume();
        }

        await Eventually.UntilAsync("history is read again", async () => (await ada.GetAsync(history)).IsSuccessStatusCode);
        await Eventually.UntilAsync("what was posted meanwhile is stored", async () => (await path.StoredAsync(stream.Id)).Count == 3);
    }

    private static async Task AssertAwayAsync(HttpClient client, Uri address)
    {
        using var answer = await client.GetAsync(address);
        await ProblemDocument.AssertAsync(answer, HttpStatusCode.ServiceUnavailable, ErrorCodes.Unavailable, retryable: true);
        Assert.NotNull(answer.Headers.RetryAfter);
    }
}
