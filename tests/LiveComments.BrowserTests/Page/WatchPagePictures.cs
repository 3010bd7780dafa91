using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LiveComments.BrowserTests.Page;

/// <summary>Keeps pictures of the page's main states for people to look at, in artifacts/screenshots/.</summary>
public sealed class WatchPagePictures(PageFixture fixture) : IClassFixture<PageFixture>
{
    private static readonly (string Name, string Text)[] Conversation =
    [
        ("Maya", "Good evening from Lisbon 👋"),
        ("tomasz.k", "Anyone else nervous? My hands are actually shaking."),
        ("Wei_Chen", "T-minus two hours. Weather is at 90 % go."),
        ("Amara", "First launch I watch with my daughter. She asks why the tank is white on one side: is that frost?"),
        ("Wei_Chen", "Frost, yes. Liquid oxygen is at −183 °C, so the moisture of the air freezes onto the skin of the tank."),
        ("نور", "تحية من القاهرة، بالتوفيق للجميع!"),
        ("Jonas", "🔥🔥🔥"),
        ("lucía", "¿A qué hora es exactamente el despegue?"),
        ("Priya S", "22:14 local, if they don't recycle the count."),
        ("田中", "日本からも見ています。頑張って！"),
        ("Ben", "That camera angle is unreal"),
        ("Amara", "She now wants to be “the person who says go”."),
    ];

    public static TheoryData<string, ColorScheme, int, int> Looks { get; } = new()
    {
        { "light", ColorScheme.Light, 1280, 800 },
        { "dark", ColorScheme.Dark, 1280, 800 },
        { "phone-light", ColorScheme.Light, 390, 844 },
        { "phone-dark", ColorScheme.Dark, 390, 844 },
        { "narrow", ColorScheme.Dark, 320, 568 },
    };

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Pictures_are_taken(string look, ColorScheme scheme, int width, int height)
    {
        await using var server = new PageServer();
        await server.StartAsync();
        foreach (var (name, text) in Conversation)
            server.Add(name, text);
        await using var viewer = await Viewer.OpenAsync(fixture, server.Url, new()
        {
            ColorScheme = scheme,
            ViewportSize = new() { Width = width, Height = height },
            ReducedMotion = ReducedMotion.Reduce,
        });
        await Expect(viewer.Comments).ToHaveCountAsync(Conversation.Length);
        await Expect(viewer.Badge).ToHaveTextAsync("Connected");
        await PictureAsync(viewer, look, "watching");

        await viewer.JoinAsync("Ada Lovelace");
        await viewer.SendAsync("Greetings from London. We go for orbit!");
        await Expect(viewer.Page.Locator(".comment[data-own]")).ToHaveCountAsync(1);
        await PictureAsync(viewer, look, "posted");

        server.NextPostAnswers.Enqueue(PageServer.Refusal(429, "RATE_LIMITED", "Slow down.", retryable: true, retryAfter: "12"));
        await viewer.SendAsync("Is the stream delayed for anyone else? I hear the count on the radio some seconds earlier than here.");
        await Expect(viewer.Problem).ToContainTextAsync("too fast");
        server.RefusesViewers = true;
        server.BreakLines();
        await Expect(viewer.Page.GetByText("Try now")).ToBeVisibleAsync();
        await viewer.Scroller.EvaluateAsync("list => list.scrollBy(0, -200)");
        await PictureAsync(viewer, look, "trouble");
    }

    private static Task PictureAsync(Viewer viewer, string look, string state) =>
        viewer.Page.ScreenshotAsync(new() { Path = Path.Combine(TestSupport.Repository.Root, "artifacts", "screenshots", $"watch-{state}-{look}.png") });
}
