using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Restarts;

/// <summary>An Api process that is killed (<c>kill -9</c>) takes requests along: the gateway sends those that may come twice to another.</summary>
public sealed class KilledApi
{
    private const int Kills = 2;
    private const int Posters = 12;
    private const int PostsBetween = 20;

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
        var (stream, token) = ((await RunningSystem.NewStreamAsync(author)).Id, author.DefaultRequestHeaders.Authorization!);
        var posters = Enumerable.Range(0, Posters).Select(number => new Poster($"p{number}", token, stream, () => gateway)).ToList();
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
        Assert.Empty(posters.SelectMany(poster => poster.Failures));
        var accepted = posters.SelectMany(poster => poster.Accepted).ToList();
        await Eventually.UntilAsync("all is stored", async () => (await path.StoredAsync(stream)).Count >= accepted.Count);
        Assert.Equal(accepted.Select(comment => comment.Content).Order(StringComparer.Ordinal), (await path.StoredAsync(stream)).Select(stored => stored.Content).Order(StringComparer.Ordinal));

        async Task GoOnAsync()
        {
            var before = posters.ConvertAll(Done);
            await Eventually.UntilAsync("all go on", () => posters.Zip(before).All(poster => Done(poster.First) > poster.Second + PostsBetween));
        }

        static int Done(Poster poster) => poster.Accepted.Count + poster.Failures.Count;
    }
}
