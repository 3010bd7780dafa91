using System.Net;
using LiveComments.Contracts;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Transports;

/// <summary>SIGTERM with thousands of viewers.</summary>
[Collection(LiveNodesCollection.Name)]
public sealed class ManyLeaveAStoppingNode(LiveNodes nodes)
{
    private const int Events = 3_000;
    private const int Sockets = 40;
    private const int Before = 5;

    [Fact]
    public async Task Thousands_leave_slice_by_slice_and_go_on_whole_elsewhere_while_nobody_else_is_let_in()
    {
        await using var node = nodes.NewNode();
        await using var next = nodes.NewNode();
        await Task.WhenAll(node.StartAsync(), next.StartAsync());
        var (streamId, _) = await nodes.NewStreamAsync();
        var posted = 0;
        var crowd = Enumerable.Range(0, Events).Select(_ => new CrowdViewer(streamId)).ToList();
        // It never answers its close, so the node is there for a while longer.
        using var deaf = await RawViewer.OpenSocketAsync(node.Address, streamId);
        using var client = new HttpClient { BaseAddress = node.Address };
        (await client.GetAsync(new Uri("/health", UriKind.Relative))).EnsureSuccessStatusCode();

        const int Last = 1_000_000;
        var watching = new List<Task>();
        foreach (var viewer in crowd)
        {
            watching.Add(viewer.WatchAsync([node.Address, next.Address], Last));
            // As fast as the node lets them in.
            if (watching.Count % 100 == 0)
                await Eventually.UntilAsync($"{watching.Count} are in", async () => await LiveNodes.MetricAsync(node, "livecomments_connections", "sse") >= watching.Count);
        }

        var sockets = new List<(SocketClient Socket, Task<List<string>> Seen)>();
        for (var count = 0; count < Sockets; count++)
        {
            var socket = await SocketClient.OpenAsync(node.Address, $"/live/streams/{streamId}/ws");
            // At once: .NET's client answers pings while it reads.
            sockets.Add((socket, SeeUntilClosedAsync(socket)));
        }

        await PostAsync(Before);
        await Eventually.UntilAsync("all have seen what was posted before", () => crowd.TrueForAll(viewer => viewer.Seen.Count == Before));
        node.Stop();
        await Eventually.UntilAsync("the node is not ready", async () =>
        {
            using var health = await client.GetAsync(new Uri("/health", UriKind.Relative));
            return health.StatusCode == HttpStatusCode.ServiceUnavailable && health.Headers.Contains(LiveHeaders.Stopping)
                && (await health.Content.ReadAsStringAsync()).Contains("\"reason\":\"This process stops.\"", StringComparison.Ordinal);
        });
        using (var refused = await client.GetAsync(new Uri($"/live/streams/{streamId}/events", UriKind.Relative)))
        {
            await ProblemDocument.AssertAsync(refused, HttpStatusCode.ServiceUnavailable, ErrorCodes.Unavailable, retryable: true);
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        await Eventually.UntilAsync("all have come to the other node", async () =>
        {
            await PostAsync(1);
            return crowd.TrueForAll(viewer => viewer.Connections == 2);
        });
        // What each was shown so far it goes on from; and what all must have seen at last.
        await PostAsync(1, last: Last);
        await Eventually.WithinAsync("all are whole", Task.WhenAll(watching), TimeSpan.FromSeconds(60));

        var expected = Enumerable.Range(0, posted - 1).Append(Last).ToList();
        Assert.All(crowd, viewer => Assert.Equal(expected, viewer.Seen));
        Assert.All(crowd, viewer => Assert.Equal(2, viewer.Connections));
        foreach (var (socket, seeing) in sockets)
        {
            var seen = await seeing;
            Assert.Equal(LiveCloseCodes.Shutdown, socket.CloseCode);
            await using var back = await SocketClient.OpenAsync(next.Address, $"/live/streams/{streamId}/ws?cursor={socket.Cursor}");
            Assert.Equal(expected.Select(number => $"{number}"), seen.Concat(await back.NextContentsAsync(expected.Count - seen.Count, "what was missed")));
            await socket.DisposeAsync();
        }

        static async Task<List<string>> SeeUntilClosedAsync(SocketClient socket)
        {
            var seen = new List<string>();
            try
            {
                while (true)
                    seen.Add((await socket.NextCommentAsync("a comment, or the close")).Content);
            }
            catch (EndOfStreamException)
            {
                return seen;
            }
        }

        async Task PostAsync(int count, int? last = null)
        {
            await nodes.AppendAsync(streamId, Enumerable.Range(posted, count).Select(number => LiveNodes.CommentOf(streamId, number + 1, $"{last ?? number}")));
            posted += count;
        }
    }
}
