using LiveComments.TestSupport;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LiveComments.BrowserTests.Page;

/// <summary>Tabs of one real browser: its locks, channels, storage and worker, not ours.</summary>
public sealed class SharedLineTests(PageFixture fixture) : IClassFixture<PageFixture>, IAsyncLifetime
{
    private readonly PageServer _server = new();

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Tabs_share_one_line_and_when_the_one_that_holds_it_closes_another_goes_on_with_nothing_lost()
    {
        _server.Add("ada", "one");
        await using var first = await Viewer.OpenAsync(fixture, _server.StreamUrl);
        await Expect(first.Texts).ToHaveTextAsync(["one"]);
        var second = await NextTabAsync(first);
        var third = await NextTabAsync(first);
        foreach (var tab in (IPage[])[second, third])
            await Expect(TextsOf(tab)).ToHaveTextAsync(["one"]);
        _server.Add("ada", "two");
        foreach (var tab in (IPage[])[first.Page, second, third])
            await Expect(TextsOf(tab)).ToHaveTextAsync(["one", "two"]);
        Assert.Equal(1, _server.OpenLines);
        Assert.Single(_server.Joins);

        await first.Page.CloseAsync();
        _server.Add("ada", "three");
        foreach (var tab in (IPage[])[second, third])
            await Expect(TextsOf(tab)).ToHaveTextAsync(["one", "two", "three"]);
        await Eventually.UntilAsync("one line is left", () => Task.FromResult(_server.OpenLines == 1));
        Assert.Equal(["", "1-4"], _server.Joins);
    }

    [Fact]
    public async Task Different_users_in_two_tabs_have_a_line_each_and_post_as_themselves()
    {
        await using var ada = await Viewer.OpenAsync(fixture, _server.StreamUrl);
        await ada.JoinAsync("Ada");
        var other = await NextTabAsync(ada);
        await other.GetByLabel("Your name").FillAsync("Grace");
        await other.Keyboard.PressAsync("Enter");
        await Expect(other.GetByLabel("Your comment")).ToBeFocusedAsync();
        await Eventually.UntilAsync("each has a line", () => Task.FromResult(_server.OpenLines == 2));

        await ada.SendAsync("from Ada");
        await Expect(TextsOf(other)).ToHaveTextAsync(["from Ada"]);
        await other.GetByLabel("Your comment").FillAsync("from Grace");
        await other.Keyboard.PressAsync("Enter");
        await Expect(ada.Texts).ToHaveTextAsync(["from Ada", "from Grace"]);
        Assert.Equal(["Bearer token-of-ada", "Bearer token-of-grace"], _server.Posts.Select(post => post.Authorization));
    }

    [Fact]
    public async Task Without_network_the_page_itself_comes_up_again_and_what_was_written_goes_once_in_order_when_it_is_back()
    {
        _server.Add("ada", "before the tunnel");
        await using var viewer = await Viewer.OpenAsync(fixture, _server.StreamUrl);
        await viewer.JoinAsync("Ada");
        // The first visit is over before its files are kept.
        await Eventually.UntilAsync("the page is kept", () => viewer.Page.EvaluateAsync<bool>(
            "async () => (await caches.match('/')) !== undefined && (await caches.match(document.querySelector('script[src]').src)) !== undefined"));
        await viewer.Context.SetOfflineAsync(true);
        await Expect(viewer.Badge).ToHaveTextAsync("Offline");
        foreach (var text in (string[])["one", "two", "three"])
        {
            await viewer.SendAsync(text);
            await Expect(viewer.OwnPosts.Filter(new() { HasText = text })).ToHaveCountAsync(1);
        }

        await viewer.Page.ReloadAsync();
        await Expect(viewer.OwnPosts.Locator(".content")).ToHaveTextAsync(["one", "two", "three"]);
        await Expect(viewer.Badge).ToHaveTextAsync("Offline");
        Assert.Empty(_server.Posts);

        await viewer.Context.SetOfflineAsync(false);
        await Expect(viewer.Texts).ToHaveTextAsync(["before the tunnel", "one", "two", "three"]);
        await Expect(viewer.OwnPosts).ToHaveCountAsync(0);
        Assert.Equal(["one", "two", "three"], _server.Posts.Select(post => post.Content));
    }

    [Fact]
    public async Task A_comment_that_waits_in_two_tabs_is_sent_by_one_of_them()
    {
        await using var viewer = await Viewer.OpenAsync(fixture, _server.StreamUrl);
        await viewer.JoinAsync("Ada");
        var other = await NextTabAsync(viewer);
        await other.GetByLabel("Your name").FillAsync("Ada");
        await other.Keyboard.PressAsync("Enter");
        await Expect(other.GetByLabel("Your comment")).ToBeFocusedAsync();
        await viewer.Context.SetOfflineAsync(true);
        await viewer.SendAsync("once");
        await Expect(other.Locator(".comment.post")).ToHaveCountAsync(1);
        await viewer.Context.SetOfflineAsync(false);
        await Expect(viewer.Texts).ToHaveTextAsync(["once"]);
        await Expect(TextsOf(other)).ToHaveTextAsync(["once"]);
        await Expect(other.Locator(".comment.post")).ToHaveCountAsync(0);
        Assert.Single(_server.Posts);
    }

    [Fact]
    public async Task The_token_is_in_no_address_and_in_no_storage_that_other_tabs_see()
    {
        await using var viewer = await Viewer.OpenAsync(fixture, _server.StreamUrl);
        await viewer.JoinAsync("Ada");
        await viewer.SendAsync("hello");
        await Expect(viewer.Texts).ToHaveTextAsync(["hello"]);
        Assert.All(viewer.Requests, url => Assert.DoesNotContain("token-of-", url, StringComparison.Ordinal));
        Assert.Equal(0, await viewer.Page.EvaluateAsync<int>("localStorage.length"));
        Assert.Equal("", await viewer.Page.EvaluateAsync<string>("document.cookie"));
        await viewer.Page.ReloadAsync();
        await Expect(viewer.Box).ToBeVisibleAsync();
        var other = await NextTabAsync(viewer);
        await Expect(other.GetByLabel("Your name")).ToBeVisibleAsync();
    }

    private static ILocator TextsOf(IPage page) => page.Locator(".comment[data-comment] .content");

    /// <summary>Another tab of the same browser, that is: of the same profile.</summary>
    private async Task<IPage> NextTabAsync(Viewer viewer)
    {
        var page = await viewer.Context.NewPageAsync();
        await page.GotoAsync(_server.StreamUrl);
        await Expect(page.Locator(".badge")).ToHaveTextAsync("Connected");
        return page;
    }
}
