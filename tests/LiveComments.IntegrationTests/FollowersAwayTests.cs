using System.Net;
using System.Net.Http.Json;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests;

/// <summary>A stream for followers while nobody can say who follows whom.</summary>
public sealed class FollowersAwayTests
{
    [Fact]
    public async Task Without_Redis_and_Postgres_a_stream_for_followers_asks_to_try_again_and_other_streams_go_on()
    {
        await using var path = await WritePath.StartAsync();
        using var host = await path.ClientOfAsync("host");
        using var ada = await path.ClientOfAsync("ada");
        using var stranger = await path.ClientOfAsync("stranger");
        var (closed, open) = (await RunningSystem.NewStreamAsync(host), await RunningSystem.NewStreamAsync(host));
        using (var follows = await ada.PutAsync(new Uri($"/api/users/{closed.CreatorId}/follow", UriKind.Relative), null))
            follows.EnsureSuccessStatusCode();
        await SetAsync(new StreamSettings { FollowersOnlySeconds = 0 });
        await RunningSystem.PostAcceptedAsync(ada, closed.Id, "as a follower", "before");

        await path.Redis.KillAsync();
        await path.Postgres.KillAsync();
        foreach (var client in new[] { stranger, ada })
        {
            using var away = await RunningSystem.PostAsync(client, closed.Id, new PostComment("now"), "now");
            await ProblemDocument.AssertAsync(away, HttpStatusCode.ServiceUnavailable, ErrorCodes.Unavailable, retryable: true);
            Assert.NotNull(away.Headers.RetryAfter);
            Assert.Contains("follows the broadcaster", await away.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            await RunningSystem.PostAcceptedAsync(client, open.Id, "elsewhere");
        }

        await RunningSystem.PostAcceptedAsync(host, closed.Id, "one moment, please");
        // Whoever would rather have strangers than silence says so: that needs neither of the two.
        await SetAsync(new StreamSettings());
        await RunningSystem.PostAcceptedAsync(stranger, closed.Id, "in the meantime");
        await SetAsync(new StreamSettings { FollowersOnlySeconds = 0 });

        await path.Postgres.StartAsync();
        await path.Redis.StartAsync();
        await Eventually.UntilAsync("what a follower tried comes, by the same key", async () =>
        {
            using var answer = await RunningSystem.PostAsync(ada, closed.Id, new PostComment("now"), "now");
            return answer.StatusCode == HttpStatusCode.Created;
        });
        using var refused = await RunningSystem.PostAsync(stranger, closed.Id, new PostComment("now"), "now");
        await ProblemDocument.AssertAsync(refused, HttpStatusCode.Forbidden, ErrorCodes.FollowersOnly);

        async Task SetAsync(StreamSettings settings)
        {
            using var answer = await host.PutAsJsonAsync($"/api/streams/{closed.Id}/settings", settings, ContractsJson.Default.StreamSettings);
            answer.EnsureSuccessStatusCode();
        }
    }
}
