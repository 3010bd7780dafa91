using System.Text.RegularExpressions;
using LiveComments.TestSupport;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LiveComments.BrowserTests.Page;

/// <summary>A comment of one's own is never eaten: what doesn't go through stays in sight, says why, and can be changed.</summary>
public sealed class OwnPostTests(PageFixture fixture) : IClassFixture<PageFixture>, IAsyncLifetime
{
    private readonly PageServer _server = new();

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_rejected_comment_says_why_and_can_be_changed_and_sent_again()
    {
        await using var viewer = await JoinAsync();
        _server.NextPostAnswers.Enqueue(PageServer.Refusal(422, "CONTENT_VIOLATION", "No."));
        await viewer.SendAsync("something rude");
        await Expect(viewer.OwnPosts.Locator(".post-status")).ToHaveTextAsync("Not accepted: This goes against the rules of the chat.");

        await viewer.Box.FillAsync("meanwhile another thought");
        await viewer.Button("Change").ClickAsync();
        await Expect(viewer.Box).ToHaveValueAsync("something rude");
        await viewer.Box.FillAsync("something kind");
        await viewer.Button("Save").ClickAsync();
        await Expect(viewer.Texts).ToHaveTextAsync(["something kind"]);
        await Expect(viewer.OwnPosts).ToHaveCountAsync(0);
        await Expect(viewer.Box).ToHaveValueAsync("meanwhile another thought");
        Assert.Equal(2, _server.Posts.Select(post => post.IdempotencyKey).Distinct().Count());
    }

    [Fact]
    public async Task A_rate_limit_is_counted_down_and_then_lets_the_same_post_through_by_itself()
    {
        await using var viewer = await JoinAsync();
        _server.NextPostAnswers.Enqueue(PageServer.Refusal(429, "RATE_LIMITED", "Slow down.", retryable: true, retryAfter: "2"));
        await viewer.SendAsync("once more");
        await Expect(viewer.OwnPosts.Locator(".post-status")).ToHaveTextAsync(new Regex("it goes by itself in \\d s"));
        await Expect(viewer.Texts).ToHaveTextAsync(["once more"]);
        await Expect(viewer.OwnPosts).ToHaveCountAsync(0);
        Assert.Equal(2, _server.Posts.Count);
        Assert.Single(_server.Posts.Select(post => post.IdempotencyKey).Distinct());
    }

    [Fact]
    public async Task A_post_that_got_no_answer_is_sent_again_under_its_own_key()
    {
        await using var viewer = await JoinAsync();
        _server.CutsPosts = true;
        await viewer.SendAsync("anybody there?");
        await Eventually.UntilAsync("the first try came", () => Task.FromResult(!_server.Posts.IsEmpty));
        _server.CutsPosts = false;
        await Expect(viewer.Texts).ToHaveTextAsync(["anybody there?"]);
        Assert.True(_server.Posts.Count >= 2);
        Assert.Single(_server.Posts.Select(post => post.IdempotencyKey).Distinct());
    }

    [Fact]
    public async Task Whoever_is_at_a_post_by_keyboard_is_at_its_comment_when_it_has_been_taken()
    {
        await using var viewer = await JoinAsync();
        await viewer.Context.SetOfflineAsync(true);
        await Expect(viewer.Badge).ToHaveTextAsync("Offline");
        await viewer.SendAsync("on its way");
        await Expect(viewer.OwnPosts).ToHaveCountAsync(1);
        await viewer.Scroller.FocusAsync();
        await viewer.Page.Keyboard.PressAsync("ArrowUp");
        await Expect(viewer.OwnPosts).ToBeFocusedAsync();
        await viewer.Context.SetOfflineAsync(false);
        await Expect(viewer.Comment("on its way")).ToBeFocusedAsync();
        await Expect(viewer.OwnPosts).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Offline_comments_wait_in_order_can_be_changed_and_removed_and_go_when_the_network_is_back()
    {
        await using var viewer = await JoinAsync();
        await viewer.Context.SetOfflineAsync(true);
        await Expect(viewer.Badge).ToHaveTextAsync("Offline");
        foreach (var text in (string[])["one", "twoo", "never mind", "three"])
            await viewer.SendAsync(text);
        await Expect(viewer.OwnPosts.Locator(".content")).ToHaveTextAsync(["one", "twoo", "never mind", "three"]);
        await Expect(viewer.OwnPosts.Locator(".post-status").First).ToHaveTextAsync("Sent when you are back online");

        await viewer.OwnPosts.Filter(new() { HasText = "never mind" }).GetByText("Remove").ClickAsync();
        await viewer.OwnPosts.Filter(new() { HasText = "twoo" }).GetByText("Change").ClickAsync();
        await viewer.Box.FillAsync("two");
        await viewer.Page.Keyboard.PressAsync("Enter");
        await Expect(viewer.OwnPosts.Locator(".content")).ToHaveTextAsync(["one", "two", "three"]);
        Assert.Empty(_server.Posts);

        await viewer.Context.SetOfflineAsync(false);
        await Expect(viewer.Texts).ToHaveTextAsync(["one", "two", "three"]);
        await Expect(viewer.OwnPosts).ToHaveCountAsync(0);
        Assert.Equal(["one", "two", "three"], _server.Posts.Select(post => post.Content));
    }

    [Fact]
    public async Task The_eleventh_comment_that_would_have_to_wait_stays_in_the_box()
    {
        await using var viewer = await JoinAsync();
        await viewer.Context.SetOfflineAsync(true);
        for (var number = 1; number <= 10; number++)
        {
            await viewer.SendAsync($"comment {number}");
            await Expect(viewer.OwnPosts.Locator(".content").GetByText($"comment {number}", new() { Exact = true })).ToHaveCountAsync(1);
        }

        await viewer.SendAsync("comment 11");
        await Expect(viewer.Problem).ToContainTextAsync("Ten comments are waiting");
        await Expect(viewer.Box).ToHaveValueAsync("comment 11");
    }

    private async Task<Viewer> JoinAsync()
    {
        var viewer = await Viewer.OpenAsync(fixture, _server.StreamUrl);
        await viewer.JoinAsync("Ada");
        await Expect(viewer.Badge).ToHaveTextAsync("Connected");
        return viewer;
    }
}
