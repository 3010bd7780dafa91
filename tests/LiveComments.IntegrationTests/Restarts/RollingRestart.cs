using LiveComments.Contracts;
using LiveComments.IntegrationTests.Transports;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using Xunit.Abstractions;

namespace LiveComments.IntegrationTests.Restarts;

/// <summary>Each process is told to stop (SIGTERM), waited for and started again, one after another, while people post and watch.</summary>
public sealed class RollingRestart(ITestOutputHelper output)
{
    private const string Linger = "00:00:01.500";

    // What orchestrators give a process before they kill it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task No_post_fails_and_viewers_are_whole()
    {
        await using var path = await WritePath.StartAsync(apis: 2, environment: new Dictionary<string, string> { ["Shutdown__Linger"] = Linger });
        var apis = path.Apis.Select((api, index) => KeyValuePair.Create($"services__api__http__{index}", api.Address.ToString())).ToList();
        await using var node1 = NewNode();
        await using var node2 = NewNode();
        var nodes = new[] { node1, node2 }.Select((node, index) => KeyValuePair.Create($"services__fanout-{index + 1}__http__0", node.Address.ToString()));
        var ways = apis.Concat(nodes).Append(KeyValuePair.Create("Shutdown__Linger", Linger)).Append(KeyValuePair.Create("Gateway__SpillAbove", "4")).ToDictionary();
        await using var gateway1 = new ServiceProcess("LiveComments.Gateway", ways);
        await using var gateway2 = new ServiceProcess("LiveComments.Gateway", ways);
        await Task.WhenAll(node1.StartAsync(), node2.StartAsync());
        await Task.WhenAll(gateway1.StartAsync(), gateway2.StartAsync());
        using var author = await path.ClientOfAsync("author");
        var (stream, token) = ((await RunningSystem.NewStreamAsync(author)).Id, author.DefaultRequestHeaders.Authorization!);

        var viewers = new[] { gateway1, gateway2 }
            .SelectMany(gateway => (string[])[LiveClient.Sse, LiveClient.Sse, LiveClient.WebSocket, LiveClient.Poll], (gateway, transport) => new ReturningViewer(transport, gateway.Address, stream)).ToList();
        foreach (var viewer in viewers)
            await viewer.ComeAsync();
        var last = "";
        var watching = viewers.ConvertAll(viewer => viewer.WatchUntilAsync(() => viewer.Contents is [.., var latest] && latest == Volatile.Read(ref last)));

        await using var readiness = new Readiness([.. path.Apis, gateway1, gateway2]);
        Poster[] posters =
        [
            new("a", token, stream, () => readiness.Choose(gateway1, gateway2)),
            new("b", token, stream, () => readiness.Choose(gateway2, gateway1)),
            new("c", token, stream, () => readiness.Choose(gateway1, gateway2)),
            new("d", token, stream, () => readiness.Choose(gateway2, gateway1)),
            new("keyless", token, stream, () => readiness.Choose(gateway1, gateway2), hasKeys: false),
            new("direct-1", token, stream, () => readiness.Choose(path.Apis[0], path.Apis[1])),
            new("direct-2", token, stream, () => readiness.Choose(path.Apis[1], path.Apis[0])),
        ];
        using var end = new CancellationTokenSource();
        var posting = posters.Select(poster => poster.PostAsync(end.Token)).ToList();
        await Eventually.UntilAsync("all post", () => posters.All(poster => poster.Accepted.Count > 5));

        foreach (var (name, service) in ((string, ServiceProcess)[])[("api 1", path.Apis[0]), ("api 2", path.Apis[1]), ("fanout 1", node1), ("fanout 2", node2), ("gateway 1", gateway1)])
        {
            var told = TimeProvider.System.GetTimestamp();
            service.Stop();
            var code = await service.ExitAsync(Patience);
            output.WriteLine($"{name} was gone after {TimeProvider.System.GetElapsedTime(told).TotalSeconds:0.0} s; {posters.Sum(poster => poster.Accepted.Count)} posts so far, {posters.Sum(poster => poster.Failures.Count)} failed.");
            Assert.True(code == 0, $"{name} ended with {code}: {service.Log}");
            await service.StartAsync();
        }

        await end.CancelAsync();
        await Eventually.WithinAsync("the last answers", Task.WhenAll(posting));
        var failures = posters.SelectMany(poster => poster.Failures).ToList();
        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Volatile.Write(ref last, "the last");
        var final = await RunningSystem.PostAcceptedAsync(author, stream, last);
        var expected = posters.SelectMany(poster => poster.Accepted).Append(final).OrderBy(comment => SequenceOf(comment.Cursor)).Select(comment => comment.Content).ToList();
        Assert.Distinct(expected);
        await Eventually.WithinAsync("everybody has the last", Task.WhenAll(watching));
        output.WriteLine($"{expected.Count} posts; {viewers.Sum(viewer => viewer.Returns)} returns of {viewers.Count} viewers.");
        Assert.All(viewers, viewer => Assert.Equal(expected, viewer.Contents));
        Assert.Contains(viewers, viewer => viewer.Returns > 0);

        ServiceProcess NewNode() => new("LiveComments.Fanout", apis.Concat(
        [
            KeyValuePair.Create("ConnectionStrings__nats", path.Nats.Url),
            KeyValuePair.Create("ConnectionStrings__redis", path.Redis.ConnectionString),
            KeyValuePair.Create("Auth__SigningKey", WritePath.SigningKey),
            // Of what is posted nothing is left out.
            KeyValuePair.Create("Rooms__MaxCommentsPerSecond", "10000"),
            KeyValuePair.Create("Degradation__Enabled", "false"),
        ]).ToDictionary());
    }

    private static ulong SequenceOf(string? cursor) =>
        Cursor.TryParse(cursor, out var parsed) ? parsed.Sequence : throw new FormatException($"'{cursor}' is no cursor.");
}
