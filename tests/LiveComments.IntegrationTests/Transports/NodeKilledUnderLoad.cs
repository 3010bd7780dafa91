using System.Globalization;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using Xunit.Abstractions;

namespace LiveComments.IntegrationTests.Transports;

/// <summary>One of two nodes behind the gateway gets no chance to say goodbye.</summary>
public sealed class NodeKilledUnderLoad(ITestOutputHelper output)
{
    private const int ViewersOfEach = 34;
    private const int Comments = 1_200;
    private const int AtOnce = 10;
    private const int KilledAfter = 400;

    // 200 comments a second.
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(50);

    // What is asked of the system: nobody sees a comment later than this, whatever node dies.
    private static readonly TimeSpan Whole = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Its_viewers_are_whole_and_in_order_again_within_five_seconds()
    {
        // Few, so that both nodes have viewers of the stream.
        await using var system = await GatewaySystem.StartAsync(("Gateway__SpillAbove", "20"));
        var stream = await system.NewStreamAsync();
        var viewers = Enumerable.Range(0, ViewersOfEach)
            .SelectMany(_ => (string[])[LiveClient.Sse, LiveClient.WebSocket, LiveClient.Poll])
            .Select(transport => new ReturningViewer(transport, system.Address, stream)).ToList();
        foreach (var viewer in viewers)
            await viewer.ComeAsync();
        await Eventually.UntilAsync("both nodes have viewers", async () => (await system.ViewersAsync()).Min() > ViewersOfEach / 2);

        var watching = viewers.ConvertAll(viewer => viewer.WatchAsync(Comments));
        using var author = await system.Path.ClientOfAsync("author");
        using var beat = new PeriodicTimer(Beat, TimeProvider.System);
        var posts = new List<Task<Comment>>();
        while (posts.Count < Comments && await beat.WaitForNextTickAsync())
        {
            for (var count = 0; count < AtOnce; count++)
                posts.Add(RunningSystem.PostAcceptedAsync(author, stream, posts.Count.ToString(CultureInfo.InvariantCulture)));
            if (posts.Count == KilledAfter)
                await system.Nodes[0].KillAsync();
        }

        var expected = (await Task.WhenAll(posts)).OrderBy(comment => SequenceOf(comment.Cursor)).Select(comment => comment.Content).ToList();
        await Eventually.WithinAsync("everybody has everything", Task.WhenAll(watching));
        var latest = viewers.MaxBy(viewer => viewer.Latest)!;
        output.WriteLine($"{viewers.Count(viewer => viewer.Returns > 0)} of {viewers.Count} viewers lost their node; the latest comment came after {latest.Latest.TotalSeconds:0.00} s, over {latest.Transport}.");
        Assert.All(viewers, viewer => Assert.Equal(expected, viewer.Contents));
        Assert.Contains(viewers, viewer => viewer.Returns > 0);
        Assert.InRange(latest.Latest, TimeSpan.Zero, Whole);
    }

    private static ulong SequenceOf(string? cursor) =>
        Cursor.TryParse(cursor, out var parsed) ? parsed.Sequence : throw new FormatException($"'{cursor}' is no cursor.");
}
