using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using StackExchange.Redis;

namespace LiveComments.IntegrationTests;

/// <summary>An idempotency key leads to one comment: on whichever node, however late, whatever Redis has forgotten.</summary>
public sealed class KeysForEverTests(KeysForEverTests.Servers servers) : IClassFixture<KeysForEverTests.Servers>
{
    private const int Limit = 10_000;

    // So short that tests can outwait it.
    private static readonly TimeSpan DuplicateWindow = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_retry_long_after_Redis_forgot_gets_its_comment_and_is_charged_nothing()
    {
        using var here = await servers.Path.ClientOfAsync("ada");
        using var there = await servers.Path.ClientOfAsync("ada", servers.Path.Apis[1]);
        var stream = await RunningSystem.NewStreamAsync(here);
        var original = await RunningSystem.PostAcceptedAsync(here, stream.Id, "once", "key");
        await OnlyPostgresRemembersAsync(stream.Id);

        await FlushAsync();
        Assert.Equal(original.Id, (await RetryAsync(there, stream.Id, "once")).Id);
        Assert.Equal(Limit - 1, await RemainingAfterPostAsync(there, stream.Id));
        await FlushAsync();
        await AssertRefusedAsync(there, stream.Id, "another body", HttpStatusCode.UnprocessableEntity, ErrorCodes.IdempotencyKeyReused);
        // What was just refused must not pass for the key's first use.
        Assert.Equal(original.Id, (await RetryAsync(there, stream.Id, "once")).Id);

        using (var ended = await here.PostAsync(new Uri($"/api/streams/{stream.Id}/end", UriKind.Relative), null))
            ended.EnsureSuccessStatusCode();
        await FlushAsync();
        Assert.Equal(original.Id, (await RetryAsync(here, stream.Id, "once")).Id);
        await FlushAsync();
        await AssertRefusedAsync(here, stream.Id, "another body", HttpStatusCode.UnprocessableEntity, ErrorCodes.IdempotencyKeyReused);
        await AssertRefusedAsync(here, stream.Id, "a new one", HttpStatusCode.Conflict, ErrorCodes.StreamEnded, key: "a-new-key");
    }

    [Fact]
    public async Task A_retry_while_Redis_is_away_gets_its_comment_and_is_charged_nothing()
    {
        using var here = await servers.Path.ClientOfAsync("bob");
        using var there = await servers.Path.ClientOfAsync("bob", servers.Path.Apis[1]);
        var stream = await RunningSystem.NewStreamAsync(here);
        var original = await RunningSystem.PostAcceptedAsync(here, stream.Id, "once", "key");
        await OnlyPostgresRemembersAsync(stream.Id);

        await servers.Path.Redis.KillAsync();
        try
        {
            foreach (var client in new[] { here, there })
            {
                Assert.Equal(original.Id, (await RetryAsync(client, stream.Id, "once")).Id);
                await AssertRefusedAsync(client, stream.Id, "another body", HttpStatusCode.UnprocessableEntity, ErrorCodes.IdempotencyKeyReused);
            }

            Assert.Equal(Limit - 1, await RemainingAfterPostAsync(here, stream.Id));
        }
        finally
        {
            await servers.Path.Redis.StartAsync();
        }
    }

    [Fact]
    public async Task Fifty_attempts_at_once_over_two_processes_make_one_comment_and_are_charged_once()
    {
        using var here = await servers.Path.ClientOfAsync("eve");
        using var there = await servers.Path.ClientOfAsync("eve", servers.Path.Apis[1]);
        var stream = await RunningSystem.NewStreamAsync(here);
        await Eventually.UntilAsync("Redis decides in both processes", async () => await RemainingAfterPostAsync(here, stream.Id) != await RemainingAfterPostAsync(there, stream.Id));
        var before = await RemainingAfterPostAsync(here, stream.Id);
        var comments = await Task.WhenAll(Enumerable.Range(0, 50).Select(attempt => RetryAsync(attempt % 2 == 0 ? here : there, stream.Id, "at once")));
        Assert.Single(comments.Select(comment => comment.Id).Distinct());
        Assert.Equal(before - 2, await RemainingAfterPostAsync(there, stream.Id));
        await Eventually.UntilAsync("the comment is stored", async () => (await servers.Path.StoredAsync(stream.Id)).Exists(stored => stored.Content == "at once"));
        Assert.Single(await servers.Path.StoredAsync(stream.Id), stored => stored.Content == "at once");
    }

    [Fact]
    public async Task A_retry_of_a_held_comment_long_after_Redis_forgot_gets_that_comment_whatever_became_of_it()
    {
        using var host = await servers.Path.ClientOfAsync("host");
        using var here = await servers.Path.ClientOfAsync("grace");
        using var there = await servers.Path.ClientOfAsync("grace", servers.Path.Apis[1]);
        var stream = await RunningSystem.NewStreamAsync(host);
        var desk = $"/api/streams/{stream.Id}/moderation";
        using (var rules = await host.PutAsJsonAsync(
            $"{desk}/rules", new ModerationRules { Words = [new("maybe", ModerationActions.Hold), new("never", ModerationActions.Drop)] }, ContractsJson.Default.ModerationRules))
            rules.EnsureSuccessStatusCode();
        var (held, approved) = (await RunningSystem.PostAcceptedAsync(here, stream.Id, "maybe", "held"), await RunningSystem.PostAcceptedAsync(here, stream.Id, "maybe so", "approved"));
        var dropped = await RunningSystem.PostAcceptedAsync(here, stream.Id, "never", "dropped");
        await Eventually.UntilAsync("both wait", async () => await WaitingAsync() == 2);
        await DecideAsync(approved.Id, "approve");
        await OnlyPostgresRemembersAsync(stream.Id);

        await AssertAllAsync();
        await FlushAsync();
        await AssertRefusedAsync(there, stream.Id, "another body", HttpStatusCode.UnprocessableEntity, ErrorCodes.IdempotencyKeyReused, key: "held");
        await DecideAsync(held.Id, "reject");
        await Eventually.UntilAsync("nothing waits", async () => await WaitingAsync() == 0);
        await AssertAllAsync();
        Assert.Equal(0, await WaitingAsync());
        Assert.Single(await servers.Path.StoredAsync(stream.Id));

        async Task AssertAllAsync()
        {
            foreach (var (comment, key, status) in new[] { (held, "held", HeldStatus.Held), (approved, "approved", null), (dropped, "dropped", null) })
            {
                await FlushAsync();
                foreach (var client in new[] { there, here })
                    Assert.Equal((comment.Id, status), await RunningSystem.PostAcceptedAsync(client, stream.Id, comment.Content, key) is var again ? (again.Id, again.Status) : default);
            }
        }

        async Task<int> WaitingAsync() => (await host.GetFromJsonAsync($"{desk}/queue", ContractsJson.Default.ReviewQueue))!.Comments.Count;

        async Task DecideAsync(string commentId, string decision)
        {
            using var answer = await host.PostAsJsonAsync($"{desk}/queue/{commentId}/{decision}", new ModerationReason(), ContractsJson.Default.ModerationReason);
            answer.EnsureSuccessStatusCode();
        }
    }

    // Postgres has the comment, and the log's duplicate window has passed twice.
    private async Task OnlyPostgresRemembersAsync(string streamId)
    {
        await Eventually.UntilAsync("the comment is in Postgres", async () => (await servers.Path.StoredAsync(streamId)).Count > 0);
        var from = TimeProvider.System.GetTimestamp();
        await Eventually.UntilAsync("the log has forgotten the key", () => TimeProvider.System.GetElapsedTime(from) > 2 * DuplicateWindow);
    }

    private async Task FlushAsync()
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(servers.Path.Redis.ConnectionString + ",allowAdmin=true");
        await connection.GetServers()[0].FlushAllDatabasesAsync();
    }

    private static async Task<Comment> RetryAsync(HttpClient client, string streamId, string content)
    {
        using var answer = await RunningSystem.PostAsync(client, streamId, new PostComment(content), "key");
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync(ContractsJson.Default.Comment))!;
    }

    private static async Task<int> RemainingAfterPostAsync(HttpClient client, string streamId)
    {
        using var answer = await RunningSystem.PostAsync(client, streamId, new PostComment("what is left"), Guid.NewGuid().ToString());
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return int.Parse(answer.Headers.GetValues("RateLimit-Remaining").Single(), CultureInfo.InvariantCulture);
    }

    private static async Task AssertRefusedAsync(HttpClient client, string streamId, string content, HttpStatusCode status, string code, string key = "key")
    {
        using var answer = await RunningSystem.PostAsync(client, streamId, new PostComment(content), key);
        await ProblemDocument.AssertAsync(answer, status, code);
    }

    /// <summary>Two Api processes over servers that each test leaves as it found them.</summary>
    public sealed class Servers : IAsyncLifetime
    {
        internal WritePath Path { get; private set; } = null!;

        public async Task InitializeAsync() => Path = await WritePath.StartAsync(apis: 2, environment: new Dictionary<string, string> { ["Log__DuplicateWindow"] = DuplicateWindow.ToString() });

        public async Task DisposeAsync() => await Path.DisposeAsync();
    }
}
