using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Restarts;

/// <summary>An Api process that is killed (<c>kill -9</c>) takes requests along: the gateway sends those that may come twice to another.</summary>
public sealed class KilledApi
{
    // Of so many posts under way some are at every stage, each time: also between the answer and its end.
    private const int Kills = 3;
    private const int Posters = 32;
    private const int PostsBetween = 5;

    [Fact]
    public async Task No_post_with_a_key_fails_or_comes_twice()
    {
        await using var path = await WritePath.StartAsync(apis: 2);
        await using var gateway = new ServiceProcess("LiveComments.Gateway", new Dictionary<string, string>
        {
            ["services__api__http__0"] = path.Apis[0].Address.ToString(),
            ["services__api__http__1"] = path.Apis[1].Address.ToString(),
            // Nobody watches.
            ["services__fanout-1__http__0"] = "http://127.0.0.1:1",
        });
        await gateway.StartAsync();
        using var author = await path.ClientOfAsync("author");
        var stream = (await RunningSystem.NewStreamAsync(author)).Id;
        var posters = new List<Poster>();
        for (var number = 0; number < Posters; number++)
        {
            using var client = await path.ClientOfAsync($"author-{number}");
            posters.Add(new Poster($"p{number}", client.DefaultRequestHeaders.Authorization!, stream, () => gateway, pace: TimeSpan.FromMilliseconds(1), saysLength: number % 2 == 0, comesBack: true));
        }

        using var end = new CancellationTokenSource();
        var posting = posters.ConvertAll(poster => poster.PostAsync(end.Token));
        await GoOnAsync();
        for (var kill = 0; kill < Kills; kill++)
        {
            await path.Apis[kill % 2].KillAsync();
            await GoOnAsync();
            await path.Apis[kill % 2].StartAsync();
            await GoOnAsync();
        }

        await end.CancelAsync();
        await Eventually.WithinAsync("the last answers", Task.WhenAll(posting));
        var failures = posters.SelectMany(poster => poster.Failures).ToList();
        var accepted = posters.SelectMany(poster => poster.Accepted).Select(comment => comment.Content).Order(StringComparer.Ordinal).ToList();
        Assert.True(failures.Count == 0, $"{failures.Count} failed, {accepted.Count} did not.\n{string.Join('\n', failures)}");
        await Eventually.UntilAsync("all is stored", async () => (await path.StoredAsync(stream)).Count >= accepted.Count);
        Assert.Equal(accepted, (await path.StoredAsync(stream)).Select(stored => stored.Content).Order(StringComparer.Ordinal));

        async Task GoOnAsync()
        {
            var before = posters.ConvertAll(Done);
            await Eventually.UntilAsync("all go on", () => posters.Zip(before).All(poster => Done(poster.First) > poster.Second + PostsBetween));
        }

        static int Done(Poster poster) => poster.Accepted.Count + poster.Failures.Count;
    }
}
