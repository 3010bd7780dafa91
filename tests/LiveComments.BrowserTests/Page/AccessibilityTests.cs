using System.Text.Json;
using LiveComments.TestSupport;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LiveComments.BrowserTests.Page;

/// <summary>The page for who has no mouse, no eyes for it, or no wish for motion.</summary>
public sealed class AccessibilityTests(PageFixture fixture) : IClassFixture<PageFixture>, IAsyncLifetime
{
    private readonly PageServer _server = new();

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Axe_finds_nothing_to_object_to_in_any_state(ColorScheme scheme)
    {
        LaunchNight.Fill(_server);
        _server.Moderators.Add("ada");
        // The checker is a script of its own: the page's policy would not let it in.
        await using var viewer = await Viewer.OpenAsync(fixture, _server.Url, new() { ColorScheme = scheme, BypassCSP = true, ReducedMotion = ReducedMotion.Reduce });
        await Expect(viewer.Page.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(1);
        await ExpectNoViolationsAsync(viewer, "what is live");

        await viewer.Page.GotoAsync(_server.StreamUrl);
        await Expect(viewer.Comment("the person who says go")).ToHaveCountAsync(1);
        await ExpectNoViolationsAsync(viewer, "watching");

        await viewer.JoinAsync("Ada");
        _server.NextPostAnswers.Enqueue(PageServer.Refusal(422, "CONTENT_VIOLATION", "No."));
        await viewer.SendAsync("something rude");
        await Expect(viewer.OwnPosts.GetByText("Not accepted")).ToBeVisibleAsync();
        await viewer.Box.PressSequentiallyAsync("@w");
        await Expect(viewer.Page.GetByRole(AriaRole.Option)).Not.ToHaveCountAsync(0);
        await ExpectNoViolationsAsync(viewer, "writing, with a rejected comment and a mention");

        await viewer.Box.FillAsync("");
        await viewer.Button("Emoji").ClickAsync();
        await Expect(viewer.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await ExpectNoViolationsAsync(viewer, "the emoji picker");
        await viewer.Page.Keyboard.PressAsync("Escape");

        var liked = viewer.Comment("Frost, yes");
        await viewer.PressAtAsync(liked, "React");
        await ExpectNoViolationsAsync(viewer, "reacting");
        await viewer.Page.Keyboard.PressAsync("Escape");
        await viewer.PressAtAsync(liked, "More");
        await Expect(viewer.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Ban …" })).ToBeVisibleAsync();
        await ExpectNoViolationsAsync(viewer, "a moderator's menu");
        foreach (var item in (string[])["Report", "Ban …"])
        {
            await viewer.Page.GetByRole(AriaRole.Menuitem, new() { Name = item }).ClickAsync();
            await Expect(viewer.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
            await ExpectNoViolationsAsync(viewer, $"the form behind {item}");
            await viewer.Page.Keyboard.PressAsync("Escape");
            await Expect(viewer.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
            await viewer.PressAtAsync(liked, "More");
        }

        await viewer.Page.Keyboard.PressAsync("Escape");
        _server.HoldsPosts = true;
        await viewer.SendAsync("is this fine?");
        await Expect(viewer.OwnPosts.GetByText("Waits for a moderator")).ToBeVisibleAsync();
        await ExpectNoViolationsAsync(viewer, "a held comment");
        await viewer.PressAtAsync(liked, "Reply");
        await Expect(viewer.Page.Locator(".thread")).ToBeVisibleAsync();
        await ExpectNoViolationsAsync(viewer, "a thread");
        await viewer.Page.GetByLabel("Back to the conversation").ClickAsync();
        await viewer.Button("Top").ClickAsync();
        await Expect(viewer.Page.Locator(".top-list .comment")).Not.ToHaveCountAsync(0);
        await ExpectNoViolationsAsync(viewer, "top");
    }

    [Fact]
    public async Task Everything_can_be_done_by_keyboard()
    {
        _server.Add("grace", "the first");
        _server.Add("linus", "the second");
        await using var viewer = await Viewer.OpenAsync(fixture, _server.StreamUrl);
        var keyboard = viewer.Page.Keyboard;
        await Expect(viewer.Comments).ToHaveCountAsync(2);
        await Expect(viewer.Page.GetByLabel("Your name")).ToBeVisibleAsync();

        // To the comment box without walking through the page, and in.
        await keyboard.PressAsync("Tab");
        await Expect(viewer.Page.GetByText("Skip to the comment box")).ToBeFocusedAsync();
        await keyboard.PressAsync("Enter");
        await Expect(viewer.Page.GetByLabel("Your name")).ToBeFocusedAsync();
        await keyboard.TypeAsync("Ada");
        await keyboard.PressAsync("Enter");
        await Expect(viewer.Box).ToBeFocusedAsync();
        await keyboard.TypeAsync("first line");
        await keyboard.PressAsync("Shift+Enter");
        await keyboard.TypeAsync("second line");
        await keyboard.PressAsync("Enter");
        await Expect(viewer.Comments).ToHaveCountAsync(3);
        Assert.Equal("first line\nsecond line", Assert.Single(_server.Posts).Content);

        // Up through the comments; to a comment's own buttons; a reaction.
        await viewer.Scroller.FocusAsync();
        await keyboard.PressAsync("ArrowUp");
        await Expect(viewer.Comment("second line")).ToBeFocusedAsync();
        await keyboard.PressAsync("ArrowUp");
        await Expect(viewer.Comment("the second")).ToBeFocusedAsync();
        await keyboard.PressAsync("Enter");
        await keyboard.PressAsync("Enter");
        await Expect(viewer.Page.GetByRole(AriaRole.Menuitemcheckbox, new() { Name = "Like" })).ToBeFocusedAsync();
        await keyboard.PressAsync("ArrowRight");
        await keyboard.PressAsync("Enter");
        await Expect(viewer.Comment("the second").GetByRole(AriaRole.Button, new() { Name = "Love, 1" })).ToBeVisibleAsync();
        await Expect(viewer.Comment("the second").GetByLabel("React", new() { Exact = true })).ToBeFocusedAsync();

        // A reply, and back.
        await keyboard.PressAsync("Tab");
        await Expect(viewer.Comment("the second").GetByLabel("Reply", new() { Exact = true })).ToBeFocusedAsync();
        await keyboard.PressAsync("Enter");
        await Expect(viewer.Box).ToBeFocusedAsync();
        await keyboard.TypeAsync("an answer");
        await keyboard.PressAsync("Enter");
        await Expect(viewer.Page.Locator(".thread .content")).ToHaveTextAsync(["the second", "an answer"]);
        await viewer.Page.GetByLabel("Back to the conversation").FocusAsync();
        await keyboard.PressAsync("Escape");
        await Expect(viewer.Page.Locator(".thread")).ToHaveCountAsync(0);

        // A report, and the focus is back where it was.
        await viewer.Scroller.FocusAsync();
        await keyboard.PressAsync("Home");
        await Expect(viewer.Comment("the first")).ToBeFocusedAsync();
        await keyboard.PressAsync("Enter");
        await keyboard.PressAsync("Tab");
        await keyboard.PressAsync("Tab");
        await keyboard.PressAsync("Enter");
        await Expect(viewer.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Report" })).ToBeFocusedAsync();
        await keyboard.PressAsync("Enter");
        await Expect(viewer.Page.GetByLabel("Spam or advertising")).ToBeFocusedAsync();
        await keyboard.PressAsync("ArrowDown");
        await keyboard.PressAsync("Enter");
        await Expect(viewer.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0);
        await Expect(viewer.Comment("the first").GetByLabel("More", new() { Exact = true })).ToBeFocusedAsync();
        Assert.Equal("harassment", Assert.Single(_server.Reports).Reason);

        // From the list to the box.
        await viewer.Scroller.FocusAsync();
        await keyboard.PressAsync("Escape");
        await Expect(viewer.Box).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Every_stop_of_the_tab_key_can_be_seen()
    {
        LaunchNight.Fill(_server);
        await using var viewer = await Viewer.OpenAsync(fixture, _server.StreamUrl);
        await viewer.JoinAsync("Ada");
        // Who comes back to a page is where it begins, not in its comment box.
        await viewer.Page.ReloadAsync();
        await Expect(viewer.Box).ToBeVisibleAsync();
        var stops = new List<string>();
        for (var press = 0; press < 40; press++)
        {
            await viewer.Page.Keyboard.PressAsync("Tab");
            var stop = await viewer.Page.EvaluateAsync<string>(
                """
                () => {
                  const one = document.activeElement;
                  if (one === document.body) return 'the end';
                  const box = one.getBoundingClientRect();
                  const seen = box.width > 0 && box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight && [one, one.parentElement].some((part) => getComputedStyle(part).outlineStyle !== 'none');
                  return `${seen ? 'seen' : 'unseen'}: ${one.getAttribute('aria-label') ?? one.textContent.slice(0, 30)}`;
                }
                """);
            if (stop == "the end")
                break;
            stops.Add(stop);
        }

        Assert.Contains("seen: Comments", stops);
        Assert.Contains("seen: Your comment", stops);
        Assert.DoesNotContain(stops, stop => stop.StartsWith("unseen", StringComparison.Ordinal));
        // A comment's own buttons are reached from the comment: nobody walks through all of them.
        Assert.True(stops.Count < 25, string.Join(", ", stops));
    }

    [Fact]
    public async Task A_screen_reader_hears_a_comment_in_full_and_of_many_how_many()
    {
        _server.Add("ada", "before anybody came");
        await using var viewer = await Viewer.OpenAsync(fixture, _server.StreamUrl);
        await Expect(viewer.Comments).ToHaveCountAsync(1);
        await Expect(viewer.Announced).ToHaveTextAsync("");
        _server.Add("grace", "good evening", new(DisplayName: "Grace Hopper"));
        await Expect(viewer.Announced).ToHaveTextAsync("Grace Hopper: good evening");
        _server.AddMany(30, number => ("linus", $"busy {number}"));
        await Expect(viewer.Announced).ToHaveTextAsync("30 new comments, the last by linus");
        // Nothing else of the list is read out by itself.
        Assert.Equal(0, await viewer.Scroller.Locator("[aria-live]").CountAsync());
    }

    [Fact]
    public async Task Who_wants_less_motion_gets_none()
    {
        await using var viewer = await Viewer.OpenAsync(fixture, _server.StreamUrl, new() { ReducedMotion = ReducedMotion.Reduce });
        await viewer.JoinAsync("Ada");
        await Expect(viewer.Badge).ToHaveTextAsync("Connected");
        await viewer.Button("Love").ClickAsync();
        _server.Tell("reactions_batch", new { streamId = "demo", counts = new { wow = 20 }, timestamp = 0 });
        await Expect(viewer.Button("Wow, 20")).ToBeVisibleAsync();
        Assert.Equal(0, await viewer.Page.Locator(".floating-reactions span").CountAsync());
        Assert.Equal(0, await viewer.Page.EvaluateAsync<int>("document.getAnimations().length"));
    }

    private static async Task ExpectNoViolationsAsync(Viewer viewer, string state)
    {
        await viewer.Page.AddScriptTagAsync(new() { Path = Path.Combine(Repository.Root, "web", "node_modules", "axe-core", "axe.min.js") });
        var violations = await viewer.Page.EvaluateAsync<string>(
            "async () => JSON.stringify((await axe.run(document)).violations.map((one) => `${one.id}: ${one.help}: ${one.nodes.map((node) => node.html).slice(0, 3).join(' ')}`))");
        var found = JsonSerializer.Deserialize<string[]>(violations)!;
        Assert.True(found.Length == 0, $"{state}:\n{string.Join('\n', found)}");
    }
}
