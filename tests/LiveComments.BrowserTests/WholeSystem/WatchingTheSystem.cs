using LiveComments.BrowserTests.Page;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using static Microsoft.Playwright.Assertions;

namespace LiveComments.BrowserTests.WholeSystem;

/// <summary>A real browser at the real system: gateway, api, log, fan-out.</summary>
public sealed class WatchingTheSystem(RunningSystem system, PageFixture fixture) : IClassFixture<RunningSystem>, IClassFixture<PageFixture>
{
    private string Address => system.Client.BaseAddress!.ToString();

    [Fact]
    public async Task A_comment_posted_by_http_appears_in_the_browser()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada, "Launch day");
        await using var viewer = await Viewer.OpenAsync(fixture, $"{Address}streams/{stream.Id}");
        await Expect(viewer.Badge).ToHaveTextAsync("Connected");

        await RunningSystem.PostAcceptedAsync(ada, stream.Id, "Hello from the other side 👋");

        await Expect(viewer.Texts).ToHaveTextAsync(["Hello from the other side 👋"]);
        await Expect(viewer.Page.GetByText("Launch day")).ToBeVisibleAsync();
        await viewer.Page.ScreenshotAsync(new() { Path = Path.Combine(Repository.Root, "artifacts", "screenshots", "system.png") });
        Assert.Empty(viewer.Faults);
    }

    [Fact]
    public async Task Two_browsers_talk_and_each_sees_everything_once_in_one_order()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        await using var first = await Viewer.OpenAsync(fixture, $"{Address}streams/{stream.Id}");
        await using var second = await Viewer.OpenAsync(fixture, $"{Address}streams/{stream.Id}");
        await first.JoinAsync("Grace");
        await second.JoinAsync("Linus");

        await first.SendAsync("Can you read me?");
        await Expect(second.Texts).ToHaveTextAsync(["Can you read me?"]);
        await second.SendAsync("Loud and clear.");

        await Expect(first.Texts).ToHaveTextAsync(["Can you read me?", "Loud and clear."]);
        await Expect(second.Texts).ToHaveTextAsync(["Can you read me?", "Loud and clear."]);
        Assert.Empty(first.Faults.Concat(second.Faults));
    }

    [Fact]
    public async Task The_first_page_is_alive()
    {
        await using var viewer = await Viewer.OpenAsync(fixture, Address);
        await Expect(viewer.Badge).ToHaveTextAsync("Connected");
        await Expect(viewer.Comments).Not.ToHaveCountAsync(0);
        Assert.Empty(viewer.Faults);
    }
}
