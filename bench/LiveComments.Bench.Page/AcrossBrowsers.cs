using System.Globalization;
using LiveComments.TestSupport;
using Microsoft.Playwright;

namespace LiveComments.Bench.Page;

/// <summary>From the key Enter in one browser to the frame that shows the comment in another.</summary>
static class AcrossBrowsers
{
    // Somebody types a comment now and then; the room is quiet before each, or gathers, as chance has it.
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(120);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(400);

    // Both pages are on one machine and have one clock; timeOrigin keeps it from being set meanwhile.
    private const string WatchScript =
        """
        () => {
          window.seen = {};
          const look = () => {
            for (const content of document.querySelectorAll('.comment[data-comment] .content')) {
              const text = content.textContent;
              if (!(text in window.seen)) {
                window.seen[text] = null;
                // The next frame after this one has it in its picture.
                requestAnimationFrame(() => requestAnimationFrame(() => { window.seen[text] = performance.timeOrigin + performance.now(); }));
              }
            }
          };
          new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
        }
        """;

    public static async Task<Report> MeasureAsync(ChromiumBrowser chromium, Services services, int comments)
    {
        var (_, page) = await services.NewStreamAsync();
        await using var writer = await chromium.Browser.NewContextAsync();
        await using var reader = await chromium.Browser.NewContextAsync();
        var from = await OpenAsync(writer, page);
        var to = await OpenAsync(reader, page);
        await from.GetByLabel("Your name").FillAsync("Ada");
        await from.Keyboard.PressAsync("Enter");
        var box = from.GetByLabel("Your comment");
        await box.WaitForAsync();
        await from.EvaluateAsync("() => { window.sent = []; addEventListener('keydown', (event) => { if (event.key === 'Enter') window.sent.push(performance.timeOrigin + event.timeStamp); }, true); }");
        await to.EvaluateAsync(WatchScript);

        var random = new Random(1);
        for (var number = 0; number < comments; number++)
        {
            await box.FillAsync(string.Create(CultureInfo.InvariantCulture, $"number {number}"));
            await from.Keyboard.PressAsync("Enter");
            await Task.Delay(ShortestPause + (random.NextDouble() * (LongestPause - ShortestPause)), TimeProvider.System);
        }

        var last = string.Create(CultureInfo.InvariantCulture, $"number {comments - 1}");
        await Eventually.UntilAsync("the last comment is painted", async () => await to.EvaluateAsync<bool>("(text) => Boolean(window.seen[text])", last));
        var sent = await from.EvaluateAsync<double[]>("window.sent");
        var seen = await to.EvaluateAsync<double[]>("(count) => Array.from({ length: count }, (_, number) => window.seen[`number ${number}`] ?? NaN)", comments);
        var delays = seen.Zip(sent, (end, begin) => end - begin).ToArray();
        return new Report(
            $"{comments} comments typed in one browser, {ShortestPause.TotalMilliseconds:0} to {LongestPause.TotalMilliseconds:0} ms apart, and watched in another; both through the Gateway.",
            [
                new("Enter → painted elsewhere, median", Report.Percentile(delays, 0.5), "ms"),
                new("Enter → painted elsewhere, p95", Report.Percentile(delays, 0.95), "ms", "≤ 300 ms"),
                new("Enter → painted elsewhere, longest", delays.Max(), "ms"),
                new("never painted", delays.Count(double.IsNaN), ""),
            ]);
    }

    private static async Task<IPage> OpenAsync(IBrowserContext context, string address)
    {
        var page = await context.NewPageAsync();
        await page.GotoAsync(address);
        await page.GetByText("Connected").WaitForAsync();
        return page;
    }
}
