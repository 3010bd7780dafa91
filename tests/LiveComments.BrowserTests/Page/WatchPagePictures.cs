using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LiveComments.BrowserTests.Page;

/// <summary>Keeps pictures of the pages' main states for people to look at, in artifacts/screenshots/.</summary>
public sealed class WatchPagePictures(PageFixture fixture) : IClassFixture<PageFixture>
{
    public static TheoryData<string, ColorScheme, int, int> Looks { get; } = new()
    {
        { "light", ColorScheme.Light, 1280, 800 },
        { "dark", ColorScheme.Dark, 1280, 800 },
        { "phone-light", ColorScheme.Light, 390, 844 },
        { "phone-dark", ColorScheme.Dark, 390, 844 },
        { "narrow", ColorScheme.Dark, 320, 568 },
        { "rtl", ColorScheme.Light, 1280, 800 },
        { "phone-rtl", ColorScheme.Light, 390, 844 },
    };

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Pictures_are_taken(string look, ColorScheme scheme, int width, int height)
    {
        await using var server = new PageServer();
        await server.StartAsync();
        LaunchNight.Fill(server);
        server.Moderators.Add("ada-lovelace");
        await using var viewer = await Viewer.OpenAsync(fixture, server.Url, new()
        {
            ColorScheme = scheme,
            ViewportSize = new() { Width = width, Height = height },
            ReducedMotion = ReducedMotion.Reduce,
            HasTouch = width < 500,
        });
        await Expect(viewer.Page.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(1);
        await TurnAsync(viewer, look);
        await PictureAsync(viewer, look, "home");

        await viewer.Page.GotoAsync(server.StreamUrl);
        await TurnAsync(viewer, look);
        await Expect(viewer.Comment("the person who says go")).ToHaveCountAsync(1);
        server.Tell("comment_count", new { streamId = "demo", count = 39_512 });
        server.Tell("viewer_count", new { streamId = "demo", count = 1_284 });
        server.Tell("reactions_batch", new { streamId = "demo", counts = new { love = 1830, like = 951, wow = 77 }, timestamp = 0 });
        await Expect(viewer.Page.GetByText("1,284 watching")).ToBeAttachedAsync();
        await PictureAsync(viewer, look, "watching");

        await viewer.JoinAsync("Ada Lovelace");
        await viewer.SendAsync("Greetings from London. We go for orbit!");
        await Expect(viewer.Comment("We go for orbit")).ToHaveCountAsync(1);
        server.Add("maya", "@ada-lovelace welcome! Best seats in the house.", new("Maya", Mentions: ["ada-lovelace"], Omitted: 13));
        await Expect(viewer.Page.Locator("[data-mentions-me]")).ToHaveCountAsync(1);
        await Expect(viewer.Page.GetByText(new Regex("1 in \\d+ shown"))).ToBeVisibleAsync();
        await PictureAsync(viewer, look, "sampled");

        await viewer.PressAtAsync(viewer.Comment("Best seats"), "More");
        await Expect(viewer.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Ban …" })).ToBeVisibleAsync();
        await PictureAsync(viewer, look, "moderating");
        await viewer.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Ban …" }).ClickAsync();
        await Expect(viewer.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await PictureAsync(viewer, look, "banning");
        await viewer.Page.Keyboard.PressAsync("Escape");
        await viewer.PressAtAsync(viewer.Comment("Best seats"), "More");
        await viewer.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Report" }).ClickAsync();
        await Expect(viewer.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await PictureAsync(viewer, look, "reporting");
        await viewer.Page.Keyboard.PressAsync("Escape");
        await viewer.PressAtAsync(viewer.Comment("Best seats"), "React");
        await Expect(viewer.Page.GetByRole(AriaRole.Menuitemcheckbox)).ToHaveCountAsync(6);
        await PictureAsync(viewer, look, "reacting");
        await viewer.Page.Keyboard.PressAsync("Escape");
        await viewer.Button("Emoji").ClickAsync();
        await Expect(viewer.Page.GetByText("Faces")).ToBeVisibleAsync();
        await PictureAsync(viewer, look, "emoji");
        await viewer.Page.Keyboard.PressAsync("Escape");

        await viewer.Comment("Frost, yes").GetByText("In reply to").ClickAsync();
        await Expect(viewer.Page.Locator(".thread .comment")).ToHaveCountAsync(2);
        await PictureAsync(viewer, look, "thread");
        await viewer.Page.GetByLabel("Back to the conversation").ClickAsync();
        await viewer.Box.FillAsync("");

        server.HoldsPosts = true;
        await viewer.SendAsync("My cousin works there: https://example.org/live");
        await Expect(viewer.OwnPosts.GetByText("Waits for a moderator")).ToBeVisibleAsync();
        server.HoldsPosts = false;
        server.NextPostAnswers.Enqueue(PageServer.Refusal(422, "CONTENT_VIOLATION", "No."));
        await viewer.SendAsync("Something that the rules of this chat do not allow.");
        await Expect(viewer.OwnPosts.GetByText("Not accepted")).ToBeVisibleAsync();
        server.NextPostAnswers.Enqueue(PageServer.Refusal(429, "RATE_LIMITED", "Slow down.", retryable: true, retryAfter: "42"));
        await viewer.SendAsync("Is the stream delayed for anyone else?");
        await Expect(viewer.OwnPosts.GetByText("goes by itself")).ToBeVisibleAsync();
        server.Tell("gap", new { streamId = "demo", after = "1-2", until = "1-3" });
        await Expect(viewer.Page.GetByText("Some comments were lost")).ToBeVisibleAsync();
        server.RefusesViewers = true;
        server.BreakLines();
        await Expect(viewer.Button("Try now")).ToBeVisibleAsync();
        await PictureAsync(viewer, look, "trouble");

        await viewer.Context.SetOfflineAsync(true);
        await Expect(viewer.Badge).ToHaveTextAsync("Offline");
        await viewer.SendAsync("Into a tunnel, back in a minute.");
        await viewer.Scroller.EvaluateAsync("list => list.scrollBy(0, -200)");
        await PictureAsync(viewer, look, "offline");
    }

    // As a translation into Arabic or Hebrew would.
    private static Task TurnAsync(Viewer viewer, string look) =>
        look.EndsWith("rtl", StringComparison.Ordinal) ? viewer.Page.EvaluateAsync("document.documentElement.dir = 'rtl'") : Task.CompletedTask;

    private static Task PictureAsync(Viewer viewer, string look, string state) =>
        viewer.Page.ScreenshotAsync(new() { Path = Path.Combine(TestSupport.Repository.Root, "artifacts", "screenshots", $"{state}-{look}.png") });
}
