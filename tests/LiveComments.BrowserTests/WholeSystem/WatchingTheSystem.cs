using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using LiveComments.BrowserTests.Page;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using Microsoft.Playwright;
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
        await Expect(viewer.Page.GetByRole(AriaRole.Heading, new() { Name = "Launch day" })).ToBeVisibleAsync();
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
    public async Task A_broadcaster_holds_lets_pass_pins_and_bans_from_the_page_and_viewers_see_what_came_of_it()
    {
        using var grace = await system.ClientOfAsync("grace");
        var stream = await RunningSystem.NewStreamAsync(grace);
        var moderation = $"/api/streams/{stream.Id}/moderation";
        using var rules = await grace.PutAsJsonAsync($"{moderation}/rules", new ModerationRules { Links = new LinkRule(ModerationActions.Hold) }, ContractsJson.Default.ModerationRules);
        rules.EnsureSuccessStatusCode();
        // In the development sign-in a name is who one is: Grace made the stream.
        await using var broadcaster = await Viewer.OpenAsync(fixture, $"{Address}streams/{stream.Id}");
        await using var viewer = await Viewer.OpenAsync(fixture, $"{Address}streams/{stream.Id}");
        await broadcaster.JoinAsync("Grace");
        await viewer.JoinAsync("Mallory M");

        await viewer.SendAsync("look at example.com");
        await viewer.SendAsync("or at example.net");
        await Expect(viewer.OwnPosts.Locator(".post-status")).ToHaveTextAsync(["Waits for a moderator", "Waits for a moderator"]);
        IReadOnlyList<QueuedComment> queue = [];
        await Eventually.UntilAsync("both are in the queue", async () => (queue = (await grace.GetFromJsonAsync(new Uri($"{moderation}/queue", UriKind.Relative), ContractsJson.Default.ReviewQueue))!.Comments).Count == 2);
        await DecideAsync(queue[0], "approve");
        await DecideAsync(queue[1], "reject");
        await Expect(broadcaster.Texts).ToHaveTextAsync(["look at example.com"]);
        await Expect(viewer.Texts).ToHaveTextAsync(["look at example.com"]);
        await Expect(viewer.OwnPosts.Locator(".post-status")).ToHaveTextAsync(["Not accepted: one link is enough"]);
        await viewer.Button("Remove").ClickAsync();

        await viewer.SendAsync("and a word without any");
        await ChooseAsync("look at example.com", "Pin");
        await ChooseAsync("and a word without any", "Highlight");
        foreach (var one in new[] { broadcaster, viewer })
        {
            await Expect(one.Page.GetByRole(AriaRole.Complementary, new() { Name = "Pinned" })).ToContainTextAsync("look at example.com");
            await Expect(one.Comment("and a word").Locator(".tag[data-kind=highlighted]")).ToHaveCountAsync(1);
        }

        await ChooseAsync("and a word without any", "Ban …");
        await broadcaster.Page.GetByLabel("Reason, for them to read").FillAsync("Rule 3");
        await broadcaster.Page.Keyboard.PressAsync("Enter");
        await Expect(broadcaster.Texts).ToHaveTextAsync(["look at example.com"]);
        await Expect(viewer.Badge).ToHaveTextAsync("Banned");
        Assert.Empty(broadcaster.Faults.Concat(viewer.Faults));
        await using var later = await Viewer.OpenAsync(fixture, $"{Address}streams/{stream.Id}");
        await Expect(later.Page.GetByRole(AriaRole.Complementary, new() { Name = "Pinned" })).ToContainTextAsync("look at example.com");
        await later.JoinAsync("Mallory M");
        await later.SendAsync("back again");
        await Expect(later.OwnPosts.Locator(".post-status")).ToContainTextAsync("Rule 3");

        async Task ChooseAsync(string comment, string item)
        {
            await broadcaster.PressAtAsync(broadcaster.Comment(comment), "More");
            await broadcaster.Page.GetByRole(AriaRole.Menuitem, new() { Name = item, Exact = true }).ClickAsync();
        }

        async Task DecideAsync(QueuedComment queued, string decision)
        {
            using var answer = await grace.PostAsJsonAsync($"{moderation}/queue/{queued.Comment.Id}/{decision}", new ModerationReason("one link is enough"), ContractsJson.Default.ModerationReason);
            answer.EnsureSuccessStatusCode();
        }
    }

    [Fact]
    public async Task The_first_page_is_alive_and_leads_to_a_stream_that_is()
    {
        await using var viewer = await Viewer.OpenAsync(fixture, Address);
        await viewer.Page.GetByText("Demo: a quiet harbour").ClickAsync();
        await Expect(viewer.Badge).ToHaveTextAsync("Connected");
        await Expect(viewer.Comments).Not.ToHaveCountAsync(0);
        Assert.Empty(viewer.Faults);
    }

    [Fact]
    public async Task An_EventSource_comes_in_by_a_ticket_and_back_by_the_cookie_that_it_left()
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        await using var viewer = await Viewer.OpenAsync(fixture, Address);
        var came = await viewer.Page.EvaluateAsync<string[]>(
            """
            async ({ streamId, authorization }) => {
              const answer = await fetch('/api/auth/tickets', { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify({ streamId }) });
              const { ticket } = await answer.json();
              const open = (suffix) => new Promise((done) => {
                const source = new EventSource(`/live/streams/${streamId}/events${suffix}`);
                source.onopen = () => { source.close(); done('open'); };
                source.onerror = () => { source.close(); done('refused'); };
              });
              return [await open(`?ticket=${ticket}`), await open(`?ticket=${ticket}`), document.cookie === '' ? 'hidden' : document.cookie];
            }
            """,
            new { streamId = stream.Id, authorization = ada.DefaultRequestHeaders.Authorization!.ToString() });
        Assert.Equal(["open", "open", "hidden"], came);
    }

    [Theory]
    [InlineData("websocket", "/ws")]
    [InlineData("poll", "wait=25")]
    public async Task By_whichever_transport_a_signed_in_page_talks(string transport, string sign)
    {
        using var ada = await system.ClientOfAsync("ada");
        var stream = await RunningSystem.NewStreamAsync(ada);
        await using var viewer = await Viewer.OpenAsync(fixture, $"{Address}streams/{stream.Id}?transport={transport}");
        var addresses = new ConcurrentQueue<string>();
        viewer.Page.WebSocket += (_, socket) => addresses.Enqueue(socket.Url);
        viewer.Page.Request += (_, request) => addresses.Enqueue(request.Url);
        await viewer.JoinAsync("Grace");
        await Expect(viewer.Badge).ToHaveTextAsync("Connected");
        await RunningSystem.PostAcceptedAsync(ada, stream.Id, "one");
        await Expect(viewer.Texts).ToHaveTextAsync(["one"]);
        await viewer.SendAsync("two");
        await RunningSystem.PostAcceptedAsync(ada, stream.Id, "three");
        await Expect(viewer.Comments).ToHaveCountAsync(3);
        await Expect(viewer.OwnPosts).ToHaveCountAsync(0);
        Assert.Contains(addresses, address => address.Contains(sign, StringComparison.Ordinal));
        Assert.Contains(addresses, address => address.Contains("ticket=", StringComparison.Ordinal));
        Assert.DoesNotContain(addresses, address => address.Contains("eyJ", StringComparison.Ordinal));
        Assert.Empty(viewer.Faults);
    }

    [Fact]
    public async Task The_page_as_it_is_served_takes_no_markup_no_foreign_script_and_no_inline_one()
    {
        await using var viewer = await Viewer.OpenAsync(fixture, Address);
        var refused = await viewer.Page.EvaluateAsync<string[]>(
            """
            async () => {
              const tried = [];
              const attempt = async (name, action) => { try { await action(); tried.push(`${name} was taken`); } catch (error) { tried.push(error.name); } };
              await attempt('markup', () => { document.body.innerHTML = '<b>x</b>'; });
              await attempt('a script address', () => { document.createElement('script').src = '/assets/x.js'; });
              await attempt('the page\u2019s worker by its mere address', () => navigator.serviceWorker.register('/sw.js'));
              await attempt('code from text', () => { setTimeout('globalThis.ran = true', 0); });
              await attempt('another policy', () => { trustedTypes.createPolicy('other', { createHTML: (text) => text }); });
              const inline = document.createElement('style');
              inline.textContent = 'body { color: rgb(1, 2, 3) !important }';
              document.head.append(inline);
              tried.push(getComputedStyle(document.body).color === 'rgb(1, 2, 3)' ? 'an inline style was taken' : 'no style');
              return tried;
            }
            """);
        Assert.All(refused, outcome => Assert.DoesNotContain("taken", outcome, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("br, gzip", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("br;q=0, gzip;q=0.5", "gzip")]
    [InlineData("identity", null)]
    public async Task Scripts_come_compressed_to_whoever_can_read_that(string accepted, string? encoding)
    {
        using var client = new HttpClient { BaseAddress = new Uri(Address) };
        var page = await client.GetStringAsync(new Uri("/", UriKind.Relative));
        var script = new Uri(Regex.Match(page, "src=\"(/assets/[^\"]+)\"").Groups[1].Value, UriKind.Relative);
        using var request = new HttpRequestMessage(HttpMethod.Get, script);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        using var answer = await client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        Assert.Equal(encoding, answer.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Equal("text/javascript", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains("Accept-Encoding", answer.Headers.Vary);
        Assert.Equal(TimeSpan.FromDays(365), answer.Headers.CacheControl!.MaxAge);
        Assert.Equal(await client.GetByteArrayAsync(script), await UnpackAsync(await answer.Content.ReadAsByteArrayAsync(), encoding));
    }

    private static async Task<byte[]> UnpackAsync(byte[] bytes, string? encoding)
    {
        await using var packed = new MemoryStream(bytes);
        await using Stream unpacking = encoding switch
        {
            "br" => new BrotliStream(packed, CompressionMode.Decompress),
            "gzip" => new GZipStream(packed, CompressionMode.Decompress),
            _ => packed,
        };
        using var unpacked = new MemoryStream();
        await unpacking.CopyToAsync(unpacked);
        return unpacked.ToArray();
    }

    [Fact]
    public async Task The_page_to_try_requests_on_sends_one_with_a_token()
    {
        using var ada = await system.ClientOfAsync("ada");
        await using var viewer = await Viewer.OpenAsync(fixture, $"{Address}openapi");
        await viewer.Page.Locator(".btn.authorize").First.ClickAsync();
        await viewer.Page.Locator(".auth-container input").FillAsync(ada.DefaultRequestHeaders.Authorization!.Parameter!);
        await viewer.Page.Locator(".auth-btn-wrapper .authorize").ClickAsync();
        await viewer.Page.Locator(".auth-btn-wrapper .btn-done").ClickAsync();
        var me = viewer.Page.Locator(".opblock").Filter(new() { Has = viewer.Page.Locator("[data-path='/api/users/me']") });
        await me.Locator(".opblock-summary-control").ClickAsync();
        await me.Locator(".try-out__btn").ClickAsync();
        await me.Locator(".execute").ClickAsync();
        await Expect(me.Locator(".live-responses-table .response-col_status").Last).ToContainTextAsync("200");
        await Expect(me.Locator(".live-responses-table")).ToContainTextAsync("dev-ada");
        await viewer.Page.ScreenshotAsync(new() { Path = Path.Combine(Repository.Root, "artifacts", "screenshots", "openapi.png") });
        // All of it from here, and nothing that the policy forbids.
        Assert.All(viewer.Requests, request => Assert.True(request.StartsWith(Address, StringComparison.Ordinal) || request.StartsWith("data:", StringComparison.Ordinal), request));
        Assert.Empty(viewer.Faults);
    }
}
