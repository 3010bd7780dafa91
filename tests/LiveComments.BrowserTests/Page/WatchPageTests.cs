using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LiveComments.BrowserTests.Page;

/// <summary>The watch page in a real browser, against a server that speaks the wire and can misbehave at will.</summary>
public sealed class WatchPageTests(PageFixture fixture) : IClassFixture<PageFixture>, IAsyncLifetime
{
    // What a phone on a slow line can fetch and read within the second that the first paint may take.
    private const long MaxScriptBytes = 120 * 1000;

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

        _server.Add("grace", "now", new(DisplayName: "Grace Hopper"));
        _server.Add("ada", "and now");
        await Expect(viewer.Texts).ToHaveTextAsync(["before you came", "now", "and now"]);
        await Expect(viewer.Page.Locator(".comment .author")).ToHaveTextAsync(["ada", "Grace Hopper", "ada"]);
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
    public async Task The_token_stays_in_its_tab_and_out_of_every_address()
    {
        await using var viewer = await OpenAsync();
        await viewer.JoinAsync("Ada");
        await viewer.SendAsync("hi");
        await Expect(viewer.Comments).ToHaveCountAsync(1);
        var kept = await viewer.Page.EvaluateAsync<string>("JSON.stringify([{...localStorage}, document.cookie])");
        Assert.DoesNotContain("token-of", kept, StringComparison.Ordinal);
        Assert.All(viewer.Requests, url => Assert.DoesNotContain("token-of", url, StringComparison.Ordinal));
        var other = await viewer.Context.NewPageAsync();
        await other.GotoAsync(_server.StreamUrl);
        await Expect(other.GetByLabel("Your name")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_refused_token_asks_to_join_again_and_sends_then_what_waited()
    {
        await using var viewer = await OpenAsync();
        await viewer.JoinAsync("Ada");
        _server.NextPostAnswers.Enqueue(PageServer.Refusal(401, "UNAUTHORIZED", "The token has expired."));
        await viewer.SendAsync("long thought");
        await Expect(viewer.Page.GetByText("Join again; your comments are kept.")).ToBeVisibleAsync();
        await viewer.JoinAsync("Ada");
        await Expect(viewer.Texts).ToHaveTextAsync(["long thought"]);
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
        await Expect(viewer.Button("Try now")).ToBeVisibleAsync();
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
        await viewer.Button("Dismiss").ClickAsync();
        await Expect(viewer.Page.GetByText("started afresh")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task What_was_lost_for_good_is_shown_where_it_is_missing()
    {
        _server.Add("ada", "before");
        await using var viewer = await OpenAsync();
        await Expect(viewer.Comments).ToHaveCountAsync(1);
        _server.Tell("gap", new { streamId = "demo", after = "1-2", until = "1-3" });
        await Expect(viewer.Page.GetByText("Some comments were lost on the way.")).ToBeVisibleAsync();
        _server.Add("ada", "after");
        await Expect(viewer.Page.Locator(".slot").Filter(new() { HasText = "after" }).GetByText("Comments were lost here")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_first_page_lists_what_is_live_and_leads_there_and_back()
    {
        await using var viewer = await OpenAsync("/");
        var card = viewer.Page.GetByRole(AriaRole.Listitem);
        await Expect(card).ToContainTextAsync(["Launch night"]);
        await Expect(card).ToContainTextAsync([new Regex("1,284 watching")]);
        await card.GetByRole(AriaRole.Link).ClickAsync();
        await Expect(viewer.Page).ToHaveURLAsync(new Regex("/streams/demo$"));
        await Expect(viewer.Badge).ToHaveTextAsync("Connected");
        await viewer.Page.GetByRole(AriaRole.Link, new() { Name = "Live Comments" }).ClickAsync();
        await Expect(viewer.Page.GetByRole(AriaRole.Heading, new() { Name = "Live now" })).ToBeVisibleAsync();
        await TestSupport.Eventually.UntilAsync("the line of the page that was left is closed", () => Task.FromResult(_server.OpenLines == 0));
        Assert.Empty(viewer.Faults);
    }

    [Fact]
    public async Task A_stream_s_page_loads_at_most_120_KB_of_gzipped_script_before_anybody_touches_it()
    {
        LaunchNight.Fill(_server);
        await using var viewer = await OpenAsync();
        await Expect(viewer.Comment("the person who says go")).ToHaveCountAsync(1);
        await Expect(viewer.Page.GetByLabel("Your name")).ToBeVisibleAsync();
        await viewer.Page.WaitForFunctionAsync("navigator.serviceWorker.controller !== null");
        var scripts = await viewer.Page.EvaluateAsync<string[]>("performance.getEntriesByType('resource').map((one) => one.name).filter((name) => name.endsWith('.js'))");
        Assert.Contains(scripts, script => script.Contains("CommentList", StringComparison.Ordinal));
        Assert.DoesNotContain(scripts, script => script.Contains("router", StringComparison.Ordinal));
        using var client = new HttpClient();
        var bytes = 0L;
        foreach (var script in scripts.Distinct())
        {
            using var packed = new MemoryStream();
            await using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
                await gzip.WriteAsync(await client.GetByteArrayAsync(new Uri(script)));
            bytes += packed.Length;
        }

        Assert.InRange(bytes, 1, MaxScriptBytes);
    }

    [Fact]
    public async Task An_address_that_names_no_stream_says_so()
    {
        await using var viewer = await OpenAsync("/streams/nothing-here");
        await Expect(viewer.Page.GetByText("There is no such stream.")).ToBeVisibleAsync();
        await viewer.Page.GotoAsync($"{_server.Url}/streams/no%20stream");
        await Expect(viewer.Page.GetByText("There is no such stream.")).ToBeVisibleAsync();
        await viewer.Page.GotoAsync($"{_server.Url}/somewhere/else");
        await viewer.Page.GetByText("See what is live").ClickAsync();
        await Expect(viewer.Page).ToHaveURLAsync(new Regex("/$"));
    }

    private Task<Viewer> OpenAsync(string path = "/streams/demo") => Viewer.OpenAsync(fixture, _server.Url + path);
}
