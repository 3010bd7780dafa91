using LiveComments.IntegrationTests.Transports;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Restarts;

/// <summary>A Fanout node that is there and does nothing any more (SIGSTOP): its connections stay open, and nothing comes over them.</summary>
public sealed class HungNode
{
    // Long enough for probes to find out, so that who comes back goes elsewhere.
    private const string Silence = "00:00:08";

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task Viewers_of_a_node_that_hangs_are_cut_off_and_resume_whole_at_another(string trunks)
    {
        await using var system = await GatewaySystem.StartAsync(("Gateway__NodeSilence", Silence), ("Gateway__Trunks", trunks));
        var stream = await system.NewStreamAsync();
        using var author = await system.Path.ClientOfAsync("author");
        var viewers = Enumerable.Range(0, 3).Select(_ => new ReturningViewer(LiveClient.Sse, system.Address, stream)).ToList();
        foreach (var viewer in viewers)
            await viewer.ComeAsync();
        await RunningSystem.PostAcceptedAsync(author, stream, "before");
        var counts = await system.ViewersAsync();
        var hung = system.Nodes[Array.IndexOf(counts, counts.Max())];
        var watching = viewers.ConvertAll(viewer => viewer.WatchUntilAsync(() => viewer.Contents is [.., "after"]));
        await Eventually.UntilAsync("all have the first", () => viewers.All(viewer => viewer.Contents.Count == 1));

        ProcessSignal.Send(hung.ProcessId, "STOP");
        try
        {
            await RunningSystem.PostAcceptedAsync(author, stream, "meanwhile");
            await RunningSystem.PostAcceptedAsync(author, stream, "after");
            await Eventually.WithinAsync("everybody has the last, from the other node", Task.WhenAll(watching), TimeSpan.FromMinutes(1));
        }
        finally
        {
            ProcessSignal.Send(hung.ProcessId, "CONT");
        }

        Assert.All(viewers, viewer => Assert.Equal(["before", "meanwhile", "after"], viewer.Contents));
        Assert.All(viewers, viewer => Assert.True(viewer.Returns > 0));
    }
}
