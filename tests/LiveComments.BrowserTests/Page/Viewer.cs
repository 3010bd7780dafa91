using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace LiveComments.BrowserTests.Page;

/// <summary>Somebody at the watch page, in words of the page. Remembers whatever a safe page never does.</summary>
public sealed class Viewer : IAsyncDisposable
{
    private readonly IBrowserContext _context;

    private Viewer(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
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

    public IPage Page { get; }

    /// <summary>Script errors, dialogs and violations of the content security policy.</summary>
    public ConcurrentQueue<string> Faults { get; } = new();

    public ConcurrentQueue<string> Requests { get; } = new();

    public ILocator Comments => Page.Locator(".comment");

    public ILocator Texts => Page.Locator(".comment .content");

    public ILocator Box => Page.GetByLabel("Your comment");

    public ILocator Problem => Page.GetByRole(AriaRole.Alert);

    public ILocator Badge => Page.Locator(".badge");

    public ILocator Scroller => Page.GetByRole(AriaRole.Log);

    public static async Task<Viewer> OpenAsync(PageFixture fixture, string url, BrowserNewContextOptions? options = null)
    {
        var context = await fixture.Chromium.Browser.NewContextAsync(options);
        var viewer = new Viewer(context, await context.NewPageAsync());
        await viewer.Page.GotoAsync(url);
        return viewer;
    }

    public async Task JoinAsync(string name)
    {
        await Page.GetByLabel("Your name").FillAsync(name);
        await Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(Box).ToBeVisibleAsync();
    }

    public async Task SendAsync(string text)
    {
        await Box.FillAsync(text);
        await Page.Keyboard.PressAsync("Enter");
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
