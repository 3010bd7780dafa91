using LiveComments.Machine;
using Microsoft.Playwright;

namespace LiveComments.TestSupport;

/// <summary>The machine's own Chromium, without a window, driven by Playwright; installed like the servers when it is missing.</summary>
/// <remarks>
/// Nothing is downloaded: Playwright's package brings its driver, and the browser is Debian's. The driver lies in the
/// output of projects that reference Microsoft.Playwright themselves. Each start has a fresh profile, each context its
/// own cookies and storage, so one browser serves a whole test class.
/// </remarks>
public sealed class ChromiumBrowser : IAsyncDisposable
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>The running browser: <c>NewContextAsync</c> gives a test its own viewer.</summary>
    public IBrowser Browser => _browser ?? throw new InvalidOperationException("Not started.");

    public async Task StartAsync()
    {
        var program = (await ServerPrograms.FindOrInstallAsync([ServerProgram.Chromium], Console.WriteLine, CancellationToken.None))[0];
        _playwright = await Playwright.CreateAsync();
        // Playwright's own 5 s are short for a machine that runs several test projects at once.
        Assertions.SetDefaultExpectTimeout((float)Eventually.DefaultTimeout.TotalMilliseconds);
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = program,
            Headless = true,
            // A browser under test has no business of its own on the network, and root can't use Chromium's sandbox.
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
            ],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
