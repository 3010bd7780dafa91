using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;

namespace LiveComments.BrowserTests.Page;

/// <summary>Somebody at the watch page, in words of the page. Remembers whatever a safe page never does.</summary>
public sealed class Viewer : IAsyncDisposable
{
    private const float ReachMs = 4_000;
    private const int MaxReaches = 5;

    private Viewer(IBrowserContext context, IPage page)
    {
        (Context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase) || message.Text.Contains("TrustedHTML", StringComparison.Ordinal))
                Faults.Enqueue($"policy: {message.Text}");
        };
        page.PageError += (_, error) => Faults.Enqueue($"error: {error}");
        page.Dialog += async (_, dialog) =>
        {
            Faults.Enqueue($"dialog: {dialog.Message}");
            await dialog.DismissAsync();
        };
        page.Request += (_, request) => Requests.Enqueue(request.Url);
    }

    public IBrowserContext Context { get; }

    public IPage Page { get; }

    /// <summary>Script errors, dialogs and violations of the content security policy.</summary>
    public ConcurrentQueue<string> Faults { get; } = new();

    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>The comments that are drawn: of a long list only those in and around the window.</summary>
    public ILocator Comments => Page.Locator(".comment[data-comment]");

    public ILocator Texts => Page.Locator(".comment[data-comment] .content");

    /// <summary>Own comments on their way.</summary>
    public ILocator OwnPosts => Page.Locator(".comment.post");

    public ILocator Box => Page.GetByLabel("Your comment");

    public ILocator Problem => Page.GetByRole(AriaRole.Alert);

    public ILocator Badge => Page.Locator(".badge");

    public ILocator Scroller => Page.GetByRole(AriaRole.Feed, new() { Name = "Comments" });

    /// <summary>What a screen reader was told last.</summary>
    public ILocator Announced => Page.Locator("[data-announcer]");

    /// <param name="fixture">The browser.</param>
    /// <param name="url">Where to.</param>
    /// <param name="options">Of the window.</param>
    /// <param name="session">Whom this tab has been before: an answer of the sign-in, as it came.</param>
    public static async Task<Viewer> OpenAsync(PageFixture fixture, string url, BrowserNewContextOptions? options = null, string? session = null)
    {
        var context = await fixture.Chromium.Browser.NewContextAsync(options);
        if (session is not null)
            await context.AddInitScriptAsync($"if (!sessionStorage.length) sessionStorage.setItem('live-comments session', {JsonSerializer.Serialize(session)})");
        var viewer = new Viewer(context, await context.NewPageAsync());
        await viewer.Page.GotoAsync(url);
        return viewer;
    }

    public ILocator Comment(string text) => Comments.Filter(new() { HasText = text });

    public ILocator Button(string name, bool exact = true) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = exact });

    public async Task JoinAsync(string name)
    {
        await Page.GetByLabel("Your name").FillAsync(name);
        await Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(Box).ToBeFocusedAsync();
    }

    public async Task SendAsync(string text)
    {
        await Box.FillAsync(text);
        await Page.Keyboard.PressAsync("Enter");
    }

    /// <summary>One of the buttons that a comment shows when one is at it.</summary>
    public async Task PressAtAsync(ILocator comment, string name)
    {
        for (var attempt = 1; ; attempt++)
        {
            await comment.HoverAsync();
            try
            {
                await comment.GetByLabel(name, new() { Exact = true }).ClickAsync(new() { Timeout = ReachMs });
                return;
            }
            catch (TimeoutException) when (attempt < MaxReaches)
            {
                // The row moved away from under the pointer, as rows of a chat do: a person comes again.
                await Page.Mouse.MoveAsync(1, 1);
            }
        }
    }

    public async ValueTask DisposeAsync() => await Context.DisposeAsync();
}
