using LiveComments.TestSupport;

namespace LiveComments.BrowserTests.Page;

/// <summary>One browser for all tests of a class; each test opens its own viewer and server.</summary>
public sealed class PageFixture : IAsyncLifetime
{
    public ChromiumBrowser Chromium { get; } = new();

    public Task InitializeAsync() => Chromium.StartAsync();

    public async Task DisposeAsync() => await Chromium.DisposeAsync();
}
