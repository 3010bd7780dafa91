using System.Globalization;
using LiveComments.IntegrationTests.Transports;
using LiveComments.ServiceDefaults.Connections;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Attacks;

/// <summary>Hundreds of clients that are slow on purpose: with their heads, their bodies, and with reading.</summary>
[Collection(LiveNodesCollection.Name)]
public sealed class SlowClientsTests(LiveNodes nodes)
{
    private const int Slow = 50;

    // The head's time-out is the longest of those that the tool runs into; the rest is for a busy machine. It ends sooner when all are closed.
    private static readonly int Seconds = (int)(SlowClients.HeadTimeout + TimeSpan.FromSeconds(10)).TotalSeconds;

    [Fact]
    public async Task Slow_clients_are_closed_and_meanwhile_others_post_and_read_as_ever()
    {
        await SlowHttpTest.FindAsync();
        var (streamId, author) = await nodes.NewStreamAsync();
        for (var comment = 0; comment < 100; comment++)
            await RunningSystem.PostAcceptedAsync(author, streamId, $"{comment} {new string('x', 480)}");
        await using var viewer = await LiveClient.OpenAsync(LiveClient.Sse, nodes.Gateway.Address, streamId);
        await viewer.NextContentsAsync(50, "the backfill");

        var (api, gateway, node) = (nodes.Path.Apis[0].Address, nodes.Gateway.Address, nodes.Nodes[0].Address);
        // A body that is read whoever sends it; a head that never ends; an answer of some 100 KB, of which a few bytes a second are taken.
        var closing = new[]
        {
            RunAsync("-H", new Uri(api, "/api/streams")), RunAsync("-H", new Uri(gateway, "/api/streams")), RunAsync("-H", new Uri(node, $"/live/streams/{streamId}/events")),
            RunAsync("-B", new Uri(api, "/api/auth/dev-token"), "-f", "application/json"), RunAsync("-B", new Uri(gateway, "/api/auth/dev-token"), "-f", "application/json"), RunAsync("-B", new Uri(node, $"/live/streams/{streamId}/events")),
        };
        var reading = new[]
        {
            RunAsync("-X", new Uri(api, $"/api/streams/{streamId}/comments?limit=100")), RunAsync("-X", new Uri(gateway, $"/api/streams/{streamId}/comments?limit=100")), RunAsync("-X", new Uri(node, $"/live/streams/{streamId}/events")),
        };
        var slow = Task.WhenAll(closing.Concat(reading));
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        for (var number = 0; !slow.IsCompleted; number++)
        {
            var content = string.Create(CultureInfo.InvariantCulture, $"meanwhile {number}");
            await RunningSystem.PostAcceptedAsync(author, streamId, content);
            Assert.Equal(content, (await viewer.NextCommentAsync(content)).Content);
            await pace.WaitForNextTickAsync();
        }

        await slow;
        foreach (var (closed, open) in await Task.WhenAll(closing))
            Assert.Equal((Slow, 0), (closed, open));
    }

    private static Task<(int Closed, int Open)> RunAsync(string mode, Uri target, params string[] more) =>
        SlowHttpTest.RunAsync([mode, "-c", Text(Slow), "-r", Text(Slow), "-i", "2", "-l", Text(Seconds), "-u", target.ToString(), .. more]);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
