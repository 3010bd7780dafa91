using System.Net.Http.Json;
using LiveComments.BrowserTests.Page;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LiveComments.BrowserTests.WholeSystem;

/// <summary>Somebody at the pages of moderators and broadcasters, in words of these pages.</summary>
sealed class Desk(Viewer viewer) : IAsyncDisposable
{
    public Viewer Viewer => viewer;

    public IPage Page => viewer.Page;

    public IKeyboard Keyboard => viewer.Page.Keyboard;

    /// <summary>Comments of the live list.</summary>
    public ILocator Rows => Page.Locator(".live-row");

    /// <summary>What was claimed in the review queue.</summary>
    public ILocator Claims => Page.Locator(".review[data-comment]");

    /// <summary>What came of the last act.</summary>
    public ILocator Told => Page.Locator(".desk-foot [role=status]");

    /// <summary>Signed in already, as that user; ids of Development are <c>dev-</c> and the name.</summary>
    public static async Task<Desk> OpenAsync(RunningSystem system, PageFixture fixture, string user, string address, string role = Roles.User, BrowserNewContextOptions? options = null)
    {
        using var answer = await system.Client.PostAsJsonAsync("/api/auth/dev-token", new DevTokenRequest(user, null, role), ContractsJson.Default.DevTokenRequest);
        answer.EnsureSuccessStatusCode();
        return new Desk(await Viewer.OpenAsync(fixture, $"{system.Client.BaseAddress}{address}", options, await answer.Content.ReadAsStringAsync()));
    }

    public ILocator Tab(string name) => Page.GetByRole(AriaRole.Tab, new() { Name = name });

    public ILocator Row(string text) => Rows.Filter(new() { HasText = text });

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name });

    public async Task GoToAsync(string tab)
    {
        await Tab(tab).ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Tabpanel, new() { Name = tab })).ToBeVisibleAsync();
    }

    /// <summary>Kept, to be looked at.</summary>
    public Task PictureAsync(string state, bool fullPage = false) =>
        Page.ScreenshotAsync(new() { Path = Path.Combine(Repository.Root, "artifacts", "screenshots", $"moderation-{state}.png"), FullPage = fullPage });

    public ValueTask DisposeAsync() => viewer.DisposeAsync();
}
