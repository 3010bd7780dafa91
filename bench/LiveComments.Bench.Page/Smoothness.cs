using LiveComments.TestSupport;

namespace LiveComments.Bench.Page;

/// <summary>Whether a page stays smooth, and its heap as it is, while many comments come.</summary>
static class Smoothness
{
    private const double LongFrameMs = 50;

    // Until the page holds all that it keeps (500), and the browser has compiled what runs: what it grows by then is no leak.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(25);

    // Rows that just left hang on for a moment; the smallest of several readings has none of them.
    private const int HeapReadings = 5;
    private static readonly TimeSpan BetweenReadings = TimeSpan.FromMilliseconds(300);

    public static async Task<Report> MeasureAsync(ChromiumBrowser chromium, Services services, int rate, TimeSpan duration)
    {
        var (stream, page) = await services.NewStreamAsync();
        await using var context = await chromium.Browser.NewContextAsync(new() { ViewportSize = new() { Width = 1280, Height = 800 } });
        var tab = await context.NewPageAsync();
        await tab.GotoAsync(page);
        await tab.GetByText("Connected").WaitForAsync();
        var devTools = await context.NewCDPSessionAsync(tab);
        using var ended = new CancellationTokenSource();
        var posting = PostAsync(services, stream, rate, ended.Token);
        await Task.Delay(WarmUp, TimeProvider.System);

        var heapBefore = await HeapAsync();
        await tab.EvaluateAsync(
            """
            () => {
              window.frames50 = [];
              let last = performance.now();
              const next = (now) => { window.frames50.push(now - last); last = now; requestAnimationFrame(next); };
              requestAnimationFrame(next);
            }
            """);
        await Task.Delay(duration, TimeProvider.System);
        var frames = await tab.EvaluateAsync<double[]>("window.frames50.slice(1)");
        var last = await tab.Locator(".comment .content").Last.TextContentAsync();
        var heapAfter = await HeapAsync();
        await ended.CancelAsync();
        var posted = await posting;

        return new Report(
            $"{rate} comments/s for {duration.TotalSeconds:0} s on one page at its list's end, nothing left out; {posted} posted, the last seen before the end began “{last?[..Math.Min(24, last.Length)]}”. Heap: the smallest of some readings after garbage collections, before and after.",
            [
                new("frames", frames.Length, ""),
                new("frame, median", Report.Percentile(frames, 0.5), "ms"),
                new("frame, p95", Report.Percentile(frames, 0.95), "ms", "≤ 50 ms"),
                new("frame, p99", Report.Percentile(frames, 0.99), "ms"),
                new("longest frame", frames.Max(), "ms"),
                new("frames over 50 ms", 100.0 * frames.Count(frame => frame > LongFrameMs) / frames.Length, "%"),
                new("heap before", heapBefore / 1e6, "MB"),
                new("heap after", heapAfter / 1e6, "MB"),
                new("heap grew by", 100 * (heapAfter - heapBefore) / heapBefore, "%", "within 10 %"),
            ]);

        async Task<double> HeapAsync()
        {
            var smallest = double.MaxValue;
            for (var reading = 0; reading < HeapReadings; reading++)
            {
                await devTools.SendAsync("HeapProfiler.collectGarbage");
                var usage = await devTools.SendAsync("Runtime.getHeapUsage");
                smallest = Math.Min(smallest, usage!.Value.GetProperty("usedSize").GetDouble());
                await Task.Delay(BetweenReadings, TimeProvider.System);
            }

            return smallest;
        }
    }

    /// <summary>Open loop: so many a second, whatever the page does.</summary>
    private static async Task<int> PostAsync(Services services, string stream, int rate, CancellationToken ended)
    {
        const int TicksPerSecond = 20;
        var posts = new List<Task>();
        var number = 0;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / TicksPerSecond));
        var began = TimeProvider.System.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(ended))
            {
                var due = (int)(TimeProvider.System.GetElapsedTime(began).TotalSeconds * rate);
                while (number < due)
                    posts.Add(services.PostAsync(stream, number++));
                posts.RemoveAll(post => post.IsCompletedSuccessfully);
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(posts);
        }

        return number;
    }
}
