using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LiveComments.BrowserTests.Page;

/// <summary>The watch page in a real browser, against a server that speaks the wire and can misbehave at will.</summary>
public sealed class WatchPageTests(PageFixture fixture) : IClassFixture<PageFixture>, IAsyncLifetime
{
    private readonly PageServer _server = new();

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Comments_appear_as_they_are_posted_with_the_newest_last()
    {
        _server.Add("ada", "before you came");
        await using var viewer = await OpenAsync();
        await Expect(viewer.Texts).ToHaveTextAsync(["before you came"]);
        await Expect(viewer.Badge).ToHaveTextAsync("Connected");
        await Expect(viewer.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Launch night");
        await Expect(viewer.Page.Locator(".viewers")).ToHaveTextAsync("1 watching");

        _server.Add("grace", "now");
        _server.Add("ada", "and now");
        await Expect(viewer.Texts).ToHaveTextAsync(["before you came", "now", "and now"]);
        await Expect(viewer.Page.Locator(".comment .author")).ToHaveTextAsync(["ada", "grace", "ada"]);
        Assert.Empty(viewer.Faults);
    }

    [Fact]
    public async Task A_viewer_joins_by_name_and_posts_a_comment_that_is_shown_once()
    {
        await using var viewer = await OpenAsync();
        await viewer.JoinAsync("Ada Lovelace");
        await viewer.SendAsync("hello, world");

        await Expect(viewer.Texts).ToHaveTextAsync(["hello, world"]);
        await Expect(viewer.Box).ToHaveValueAsync("");
        await Expect(viewer.Box).ToBeFocusedAsync();
        _server.Add("grace", "hello, Ada");
        await Expect(viewer.Texts).ToHaveTextAsync(["hello, world", "hello, Ada"]);
        await Expect(viewer.Page.Locator(".comment[data-own]")).ToHaveCountAsync(1);

        var post = Assert.Single(_server.Posts);
        Assert.Equal("Bearer token-of-ada-lovelace", post.Authorization);
        Assert.True(Guid.TryParse(post.IdempotencyKey, CultureInfo.InvariantCulture, out _), post.IdempotencyKey);
        Assert.Empty(viewer.Faults);
    }

    [Fact]
    public async Task The_token_is_kept_in_memory_only()
    {
        await using var viewer = await OpenAsync();
        await viewer.JoinAsync("Ada");
        await viewer.SendAsync("hi");
        await Expect(viewer.Comments).ToHaveCountAsync(1);
        var kept = await viewer.Page.EvaluateAsync<string>("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])");
        Assert.DoesNotContain("token-of", kept, StringComparison.Ordinal);
        Assert.All(viewer.Requests, url => Assert.DoesNotContain("token-of", url, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_rejected_comment_says_why_and_keeps_its_text()
    {
        await using var viewer = await OpenAsync();
        await viewer.JoinAsync("Ada");
        _server.NextPostAnswers.Enqueue(PageServer.Refusal(422, "CONTENT_VIOLATION", "No."));
        await viewer.SendAsync("something rude");
        await Expect(viewer.Problem).ToContainTextAsync("goes against the rules");
        await Expect(viewer.Box).ToHaveValueAsync("something rude");

        await viewer.SendAsync("something kind");
        await Expect(viewer.Texts).ToHaveTextAsync(["something kind"]);
        await Expect(viewer.Problem).ToHaveTextAsync("");
        Assert.Equal(2, _server.Posts.Select(post => post.IdempotencyKey).Distinct().Count());
    }

    [Fact]
    public async Task A_rate_limit_is_counted_down_and_then_lets_the_same_post_through()
    {
        await using var viewer = await OpenAsync();
        await viewer.JoinAsync("Ada");
        _server.NextPostAnswers.Enqueue(PageServer.Refusal(429, "RATE_LIMITED", "Slow down.", retryable: true, retryAfter: "1"));
        await viewer.SendAsync("once more");
        await Expect(viewer.Problem).ToContainTextAsync("too fast");
        var send = viewer.Page.GetByRole(AriaRole.Button, new() { Name = "Send" });
        await Expect(send).ToBeDisabledAsync();
        await Expect(send).ToBeEnabledAsync();
        await send.ClickAsync();
        await Expect(viewer.Texts).ToHaveTextAsync(["once more"]);
        Assert.Single(_server.Posts.Select(post => post.IdempotencyKey).Distinct());
    }

    [Fact]
    public async Task A_post_that_got_no_answer_is_sent_again_under_its_own_key()
    {
        await using var viewer = await OpenAsync();
        await viewer.JoinAsync("Ada");
        _server.CutsPosts = true;
        await viewer.SendAsync("anybody there?");
        await Expect(viewer.Problem).ToContainTextAsync("can’t be reached");
        await Expect(viewer.Box).ToHaveValueAsync("anybody there?");
        _server.CutsPosts = false;
        await viewer.Page.Keyboard.PressAsync("Enter");
        await Expect(viewer.Texts).ToHaveTextAsync(["anybody there?"]);
        Assert.True(_server.Posts.Count >= 2);
        Assert.Single(_server.Posts.Select(post => post.IdempotencyKey).Distinct());
    }

    [Fact]
    public async Task A_refused_token_asks_to_join_again_and_keeps_the_text()
    {
        await using var viewer = await OpenAsync();
        await viewer.JoinAsync("Ada");
        _server.NextPostAnswers.Enqueue(PageServer.Refusal(401, "UNAUTHORIZED", "The token has expired."));
        await viewer.SendAsync("long thought");
        await Expect(viewer.Page.GetByText("Join again; your text is kept.")).ToBeVisibleAsync();
        await viewer.JoinAsync("Ada");
        await Expect(viewer.Box).ToHaveValueAsync("long thought");
    }

    [Fact]
    public async Task A_broken_line_resumes_where_it_was_with_nothing_missing_or_twice()
    {
        _server.Add("ada", "one");
        await using var viewer = await OpenAsync();
        await Expect(viewer.Comments).ToHaveCountAsync(1);
        _server.Add("ada", "two");
        await Expect(viewer.Comments).ToHaveCountAsync(2);

        _server.BreakLines();
        _server.Add("ada", "three");
        await Expect(viewer.Texts).ToHaveTextAsync(["one", "two", "three"]);
        await Expect(viewer.Badge).ToHaveTextAsync("Connected");
        Assert.Equal(["", "1-4"], _server.Joins);
    }

    [Fact]
    public async Task When_the_browser_gives_up_the_page_goes_on_trying_and_resumes_by_cursor()
    {
        _server.Add("ada", "one");
        await using var viewer = await OpenAsync();
        await Expect(viewer.Comments).ToHaveCountAsync(1);

        _server.RefusesViewers = true;
        _server.BreakLines();
        await Expect(viewer.Badge).ToHaveTextAsync("Reconnecting");
        await viewer.Page.GetByText("Try now").WaitForAsync();
        _server.Add("ada", "two");
        _server.RefusesViewers = false;
        await Expect(viewer.Texts).ToHaveTextAsync(["one", "two"]);
        Assert.Equal("1-2", _server.Joins.Last());
        Assert.Contains(viewer.Requests, url => url.EndsWith("/events?cursor=1-2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_reset_begins_the_list_again_and_says_so()
    {
        _server.Add("ada", "from the old log");
        await using var viewer = await OpenAsync();
        await Expect(viewer.Comments).ToHaveCountAsync(1);
        _server.StartAfresh();
        _server.Add("ada", "from the new log");
        await Expect(viewer.Texts).ToHaveTextAsync(["from the new log"]);
        await Expect(viewer.Page.GetByText("started afresh")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Hostile_names_texts_and_titles_stay_text()
    {
        string[] hostile =
        [
            "<img src=x onerror=alert(1)>",
            "<script>alert(1)</script>",
            "\"><svg/onload=alert(1)>",
            "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
            "javascript:alert(1)",
            "{{constructor.constructor('alert(1)')()}}",
            "</title><base href=//evil.example/>",
            "\u202Etxet desrever\u202D \u2066 isolate",
            "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞",
            "شكرا 谢谢 🏳️‍🌈👨‍👩‍👧‍👦",
            new string('W', 500),
        ];
        _server.Title = _server.Description = hostile[0] + hostile[2];
        foreach (var text in hostile)
            _server.Add(text, text);

        await using var viewer = await OpenAsync();
        await Expect(viewer.Comments).ToHaveCountAsync(hostile.Length);
        Assert.Equal(hostile, await viewer.Page.Locator(".comment .content").EvaluateAllAsync<string[]>("all => all.map(one => one.textContent)"));
        Assert.Equal(hostile, await viewer.Page.Locator(".comment .author").EvaluateAllAsync<string[]>("all => all.map(one => one.textContent)"));
        Assert.StartsWith(_server.Title, await viewer.Page.TitleAsync(), StringComparison.Ordinal);

        Assert.Equal(0, await viewer.Page.Locator("#root :is(img, script, svg, iframe, base, a[href^='javascript'])").CountAsync());
        Assert.True(await viewer.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "no text makes the page wider than the window");
        Assert.All(viewer.Requests, url => Assert.StartsWith(_server.Url, url, StringComparison.Ordinal));
        Assert.Empty(viewer.Faults);
    }

    [Fact]
    public async Task The_list_follows_its_end_only_while_the_reader_is_there()
    {
        for (var number = 0; number < 50; number++)
            _server.Add("ada", $"comment {number}");
        await using var viewer = await OpenAsync();
        await Expect(viewer.Comments).ToHaveCountAsync(50);
        await Expect(viewer.Comments.Last).ToBeInViewportAsync();
        _server.Add("ada", "follows");
        await Expect(viewer.Page.GetByText("follows")).ToBeInViewportAsync();

        await viewer.Scroller.HoverAsync();
        await viewer.Page.Mouse.WheelAsync(0, -600);
        var jump = viewer.Page.GetByText("Jump to latest");
        await Expect(jump).ToBeVisibleAsync();
        var reading = await viewer.Scroller.EvaluateAsync<double>("list => list.scrollTop");
        _server.Add("ada", "unseen one");
        _server.Add("ada", "unseen two");
        await Expect(viewer.Page.GetByText("2 new comments")).ToBeVisibleAsync();
        Assert.Equal(reading, await viewer.Scroller.EvaluateAsync<double>("list => list.scrollTop"), tolerance: 1);

        await viewer.Page.GetByText("2 new comments").ClickAsync();
        await Expect(viewer.Page.GetByText("unseen two")).ToBeInViewportAsync();
        _server.Add("ada", "follows again");
        await Expect(viewer.Page.GetByText("follows again")).ToBeInViewportAsync();
    }

    [Fact]
    public async Task Everything_can_be_done_by_keyboard()
    {
        await using var viewer = await OpenAsync();
        await viewer.Page.GetByLabel("Your name").FocusAsync();
        await viewer.Page.Keyboard.TypeAsync("Ada");
        await viewer.Page.Keyboard.PressAsync("Enter");
        await Expect(viewer.Box).ToBeFocusedAsync();
        await viewer.Page.Keyboard.TypeAsync("first line");
        await viewer.Page.Keyboard.PressAsync("Shift+Enter");
        await viewer.Page.Keyboard.TypeAsync("second line");
        await viewer.Page.Keyboard.PressAsync("Enter");
        await Expect(viewer.Comments).ToHaveCountAsync(1);
        Assert.Equal("first line\nsecond line", Assert.Single(_server.Posts).Content);
    }

    [Fact]
    public async Task An_address_that_names_no_stream_says_so()
    {
        await using var viewer = await OpenAsync("/streams/nothing-here");
        await Expect(viewer.Page.GetByText("There is no such stream.")).ToBeVisibleAsync();
        await viewer.Page.GotoAsync($"{_server.Url}/somewhere/else");
        await viewer.Page.GetByText("Go to the demo stream").ClickAsync();
        await Expect(viewer.Page).ToHaveURLAsync(new Regex("/$"));
        await Expect(viewer.Badge).ToHaveTextAsync("Connected");
    }

    private Task<Viewer> OpenAsync(string path = "/") => Viewer.OpenAsync(fixture, _server.Url + path);
}
