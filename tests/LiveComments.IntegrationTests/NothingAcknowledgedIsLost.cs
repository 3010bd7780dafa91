using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests;

/// <summary>Whatever dies under load: what was acknowledged is stored, each exactly once, and nothing else is.</summary>
public sealed class NothingAcknowledgedIsLost
{
    private const int Authors = 8;
    private const int PostsBeforeTheFault = 200;
    private const int PostsAfterTheFault = 200;

    // A post that finds a part dead is tried again with the same key until the part is back.
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task When_Api_is_killed()
    {
        await using var path = await WritePath.StartAsync();
        await RunAsync(path, async () =>
        {
            await path.Apis[0].KillAsync();
            await path.Apis[0].StartAsync();
        });
    }

    [Fact]
    public async Task When_the_log_is_killed()
    {
        await using var path = await WritePath.StartAsync();
        await RunAsync(path, async () =>
        {
            await path.Nats.KillAsync();
            await path.Nats.StartAsync();
        });
    }

    [Fact]
    public async Task When_Postgres_is_killed_and_posting_goes_on_meanwhile()
    {
        await using var path = await WritePath.StartAsync();
        await RunAsync(path, async () =>
        {
            await path.Postgres.KillAsync();
            using var ada = await path.ClientOfAsync("ada");
            using var answer = await RunningSystem.PostAsync(ada, "demo", new PostComment("no database, no trouble"));
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            await path.Postgres.StartAsync();
        });
    }

    [Fact]
    public async Task When_Redis_is_killed_and_posting_goes_on_meanwhile()
    {
        await using var path = await WritePath.StartAsync();
        await RunAsync(path, async () =>
        {
            await path.Redis.KillAsync();
            using var ada = await path.ClientOfAsync("ada");
            using var answer = await RunningSystem.PostAsync(ada, "demo", new PostComment("no limits but our own"));
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            await path.Redis.StartAsync();
        });
    }

    [Fact]
    public async Task When_the_owner_of_the_persister_is_killed_another_takes_over()
    {
        await using var path = await WritePath.StartAsync(apis: 2);
        // The first to start usually owns it; killing both in turn surely ends the owner's ownership once.
        await RunAsync(path, async () =>
        {
            await path.Apis[0].KillAsync();
            await path.Apis[0].StartAsync();
            await path.Apis[1].KillAsync();
            await path.Apis[1].StartAsync();
        });
    }

    private static async Task RunAsync(WritePath path, Func<Task> fault)
    {
        using var creator = await path.ClientOfAsync("creator");
        var stream = await RunningSystem.NewStreamAsync(creator);
        var acknowledged = new ConcurrentDictionary<string, string>();
        var attempted = new ConcurrentDictionary<string, bool>();
        using var enough = new CancellationTokenSource();

        var load = Enumerable.Range(0, Authors).Select(author => PostAsync(path, author, stream.Id, acknowledged, attempted, enough.Token)).ToList();
        await Eventually.UntilAsync("comments before the fault", () => acknowledged.Count >= PostsBeforeTheFault || load.Any(task => task.IsFaulted));
        await fault();
        var atFault = acknowledged.Count;
        await Eventually.UntilAsync("comments after the fault", () => acknowledged.Count >= atFault + PostsAfterTheFault || load.Any(task => task.IsFaulted), TimeSpan.FromSeconds(60));
        await enough.CancelAsync();
        await Task.WhenAll(load);

        await Eventually.UntilAsync("every acknowledged comment is in Postgres", async () =>
            acknowledged.Keys.ToHashSet().IsSubsetOf((await path.StoredAsync(stream.Id)).Select(comment => comment.Id)), TimeSpan.FromSeconds(60));
        var stored = await path.StoredAsync(stream.Id);
        Assert.Equal(stored.Count, stored.Select(comment => comment.Content).Distinct().Count());
        Assert.All(stored, comment => Assert.True(attempted.ContainsKey(comment.Content), $"Nobody ever wrote '{comment.Content}'."));
        Assert.All(acknowledged, pair => Assert.Contains((pair.Key, pair.Value), stored));
    }

    private static async Task PostAsync(
        WritePath path, int author, string streamId, ConcurrentDictionary<string, string> acknowledged, ConcurrentDictionary<string, bool> attempted, CancellationToken enough)
    {
        using var client = await path.ClientOfAsync($"author-{author}", path.Apis[author % path.Apis.Count]);
        for (var number = 0; !enough.IsCancellationRequested; number++)
        {
            var text = $"{author}/{number}";
            attempted[text] = true;
            Comment? comment;
            while ((comment = await TryPostAsync(client, streamId, text)) is null)
                await Task.Delay(RetryPause, TimeProvider.System, CancellationToken.None);
            Assert.True(acknowledged.TryAdd(comment.Id, text), $"Two posts were answered with the comment {comment.Id}.");
        }
    }

    /// <summary>Null when a part was away; anything else that is not an acceptance is a failure of the test.</summary>
    private static async Task<Comment?> TryPostAsync(HttpClient client, string streamId, string text)
    {
        try
        {
            using var answer = await RunningSystem.PostAsync(client, streamId, new PostComment(text), text);
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
                return null;
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            var comment = await answer.Content.ReadFromJsonAsync(ContractsJson.Default.Comment);
            // Nothing went backwards: whatever was killed, no new epoch has begun.
            Assert.StartsWith("1-", comment!.Cursor, StringComparison.Ordinal);
            return comment;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return null;
        }
    }
}
