using System.Net;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using StackExchange.Redis;

namespace LiveComments.IntegrationTests;

/// <summary>Redis has forgotten what keys there were, and Postgres can't be asked: a key that says when it was made is no new one for being unknown.</summary>
public sealed class KeysThatSayWhenTests
{
    // Half of it is what the log is believed to recognise: long enough for a post on a busy machine, and short enough to be outwaited.
    private static readonly TimeSpan DuplicateWindow = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Old = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task One_from_before_all_that_is_remembered_waits_for_Postgres_and_all_others_do_not()
    {
        await using var path = await WritePath.StartAsync(apis: 2, environment: new Dictionary<string, string> { ["Log__DuplicateWindow"] = DuplicateWindow.ToString() });
        using var here = await path.ClientOfAsync("ada");
        using var there = await path.ClientOfAsync("ada", path.Apis[1]);
        var stream = await RunningSystem.NewStreamAsync(here);
        var key = KeyOf(Old);
        // While all is well its age is nothing to anybody: it waited in a page that was offline.
        var once = await RunningSystem.PostAcceptedAsync(here, stream.Id, "once", key);
        await Eventually.UntilAsync("Postgres has it", async () => (await path.StoredAsync(stream.Id)).Count == 1);
        var from = TimeProvider.System.GetTimestamp();
        await Eventually.UntilAsync("the stream is older than what the log recognises", () => TimeProvider.System.GetElapsedTime(from) > DuplicateWindow / 2);
        await using (var redis = await ConnectionMultiplexer.ConnectAsync(path.Redis.ConnectionString + ",allowAdmin=true"))
            await redis.GetServers()[0].FlushAllDatabasesAsync();
        // Not killed: a backend outlives its server for a moment, and answers.
        path.Postgres.Pause();
        foreach (var client in new[] { here, there, here })
        {
            using (var refused = await RunningSystem.PostAsync(client, stream.Id, new PostComment("once"), key))
                await ProblemDocument.AssertAsync(refused, HttpStatusCode.ServiceUnavailable, ErrorCodes.Unavailable, retryable: true);
            await RunningSystem.PostAcceptedAsync(client, stream.Id, "new", KeyOf(TimeSpan.Zero));
            await RunningSystem.PostAcceptedAsync(client, stream.Id, "a key that says nothing", Guid.NewGuid().ToString());
            await RunningSystem.PostAcceptedAsync(client, stream.Id, "none");
        }

        path.Postgres.Resume();
        foreach (var client in new[] { here, there })
            Assert.Equal(once.Id, (await Eventually.GetAsync<Comment>("the retry gets its comment", async () => await RunningSystem.PostAcceptedAsync(client, stream.Id, "once", key))).Id);
        Assert.Single(await path.StoredAsync(stream.Id), comment => comment.Content == "once");
    }

    private static string KeyOf(TimeSpan age) => Guid.CreateVersion7(TimeProvider.System.GetUtcNow() - age).ToString();
}
