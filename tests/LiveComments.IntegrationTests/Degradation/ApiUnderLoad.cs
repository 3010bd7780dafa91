using System.Net;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Degradation;

/// <summary>An Api process that has more to do than it is told to bear.</summary>
public sealed class ApiUnderLoad
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    [Fact]
    public async Task Reads_are_refused_before_posts_and_answered_again_when_the_load_is_over()
    {
        await using var path = await WritePath.StartAsync(environment: Thresholds.LowForAll.ToDictionary(setting => setting.Name, setting => setting.Value));
        using var ada = await path.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        var first = await RunningSystem.PostAcceptedAsync(ada, stream.Id, "first", "1");
        var comments = $"/api/streams/{stream.Id}/comments";
        string[] deep = [$"{comments}?order=oldest", $"{comments}?order=top", $"{comments}?cursor={first.Cursor}", $"{comments}/{first.Id}/replies", "/api/streams"];
        await UntilAsync("its start is over", HttpStatusCode.OK);

        await using (new Hammering(new Uri(path.Apis[0].Address, deep[0])))
        {
            await UntilAsync("it sheds reads", HttpStatusCode.ServiceUnavailable);
            using var refused = await ada.GetAsync(new Uri(deep[0], UriKind.Relative));
            await ProblemDocument.AssertAsync(refused, HttpStatusCode.ServiceUnavailable, ErrorCodes.Overloaded, retryable: true);
            Assert.NotNull(refused.Headers.RetryAfter);
            for (var post = 2; post < 20; post++)
                await RunningSystem.PostAcceptedAsync(ada, stream.Id, $"{post}", $"{post}");
            // The present is there for who opens the page.
            using var newest = await ada.GetAsync(new Uri(comments, UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, newest.StatusCode);
            Assert.Equal(3, await Transports.LiveNodes.MetricAsync(path.Apis[0], "livecomments_degradation_level"));
        }

        await UntilAsync("reads are answered again", HttpStatusCode.OK);

        // Seldom: to be asked all the time is load.
        Task UntilAsync(string what, HttpStatusCode expected) => Eventually.WithinAsync(what, Task.Run(async () =>
        {
            using var timer = new PeriodicTimer(Pause, TimeProvider.System);
            while (!(await StatusesAsync()).All(status => status == expected))
                await timer.WaitForNextTickAsync();
        }));

        async Task<HttpStatusCode[]> StatusesAsync() => await Task.WhenAll(deep.Select(async address =>
        {
            using var answer = await ada.GetAsync(new Uri(address, UriKind.Relative));
            return answer.StatusCode;
        }));
    }

    [Fact]
    public async Task A_wrong_linger_is_named_at_the_start()
    {
        await using var gateway = new ServiceProcess("LiveComments.Gateway", new Dictionary<string, string>
        {
            ["services__api__http__0"] = "http://127.0.0.1:1",
            ["services__fanout-1__http__0"] = "http://127.0.0.1:1",
            ["Shutdown__Linger"] = "01:00:00",
        });
        Assert.Contains("Shutdown:Linger", (await Assert.ThrowsAsync<InvalidOperationException>(gateway.StartAsync)).Message, StringComparison.Ordinal);
    }
}
