using LiveComments.BrowserTests.Page;
using LiveComments.IntegrationTests;
using LiveComments.SystemUnderTest;
using static Microsoft.Playwright.Assertions;

namespace LiveComments.BrowserTests.WholeSystem;

/// <summary>A real browser before a gateway that sends viewers to their node instead of carrying its bytes.</summary>
public sealed class SentToTheNode(PageFixture fixture) : IClassFixture<PageFixture>
{
    [Fact]
    public async Task A_page_reads_at_its_node_of_another_origin_as_nobody_and_as_somebody_by_events_and_by_polls()
    {
        await using var system = await GatewaySystem.StartAsync(("Gateway__StreamMode", "Redirect"));
        var stream = await system.NewStreamAsync();
        using var ada = await system.Path.ClientOfAsync("ada");
        var nodes = system.Nodes.Select(node => node.Address.GetLeftPart(UriPartial.Authority)).ToArray();
        var page = new Uri(system.Address, $"/streams/{stream}").ToString();

        await using var nobody = await Viewer.OpenAsync(fixture, page);
        await using var somebody = await Viewer.OpenAsync(fixture, page);
        await using var poller = await Viewer.OpenAsync(fixture, page + "?transport=poll");
        await somebody.JoinAsync("Grace");
        await poller.JoinAsync("Linus");
        Viewer[] all = [nobody, somebody, poller];
        foreach (var viewer in all)
            await Expect(viewer.Badge).ToHaveTextAsync("Connected");
        (await RunningSystem.PostAsync(ada, stream, new("one"))).Dispose();
        foreach (var viewer in all)
        {
            await Expect(viewer.Texts).ToHaveTextAsync(["one"]);
            Assert.Contains(viewer.Requests, url => nodes.Any(node => url.StartsWith($"{node}/live/", StringComparison.Ordinal)));
            Assert.Empty(viewer.Faults);
        }
    }
}
