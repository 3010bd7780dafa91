using System.IO.Compression;
using System.Text.RegularExpressions;
using LiveComments.TestSupport;
using Microsoft.Playwright;

namespace LiveComments.Bench.Page;

/// <summary>How soon somebody who never was there before sees the watch page, and what has to be loaded for it.</summary>
static partial class FirstPaint
{
    // The first load also warms the services, the disk's cache and the browser's code.
    private const int WarmUps = 2;

    public static async Task<Report> MeasureAsync(ChromiumBrowser chromium, Services services, int runs)
    {
        var (stream, page) = await services.NewStreamAsync();
        for (var number = 0; number < 50; number++)
            await services.PostAsync(stream, number);
        // index.html names what the first paint waits for; the rest is asked for by that script.
        using var client = new HttpClient();
        var first = ScriptName().Matches(await client.GetStringAsync(new Uri(page))).Select(match => match.Groups[1].Value).ToHashSet();
        var paints = new List<double>();
        var filled = new List<double>();
        double needed = 0, all = 0, transferred = 0;
        for (var run = 0; run < WarmUps + runs; run++)
        {
            // Nothing of it is in a cache.
            await using var context = await chromium.Browser.NewContextAsync(new() { ViewportSize = new() { Width = 1280, Height = 800 } });
            var tab = await context.NewPageAsync();
            var scripts = new List<(string Url, Task<byte[]> Body)>();
            tab.Response += (_, response) =>
            {
                if (response.Request.ResourceType == "script")
                    scripts.Add((response.Url, response.BodyAsync()));
            };
            await tab.GotoAsync(page);
            await tab.Locator(".comment").First.WaitForAsync();
            var filledMs = await tab.EvaluateAsync<double>("performance.now()");
            var paintMs = await tab.EvaluateAsync<double>("performance.getEntriesByName('first-contentful-paint')[0].startTime");
            if (run < WarmUps)
                continue;
            paints.Add(paintMs);
            filled.Add(filledMs);
            (needed, all) = (0, 0);
            foreach (var (url, body) in scripts)
            {
                var size = Gzipped(await body);
                all += size;
                if (first.Contains(Path.GetFileName(url)))
                    needed += size;
            }

            transferred = await tab.EvaluateAsync<double>("performance.getEntriesByType('resource').filter((one) => one.name.endsWith('.js')).reduce((sum, one) => sum + one.transferSize, 0)") / 1000;
        }

        return new Report(
            $"{runs} loads of the watch page through the Gateway, each with an empty cache; the stream has 50 comments.",
            [
                new("first contentful paint, median", Report.Percentile(paints, 0.5), "ms"),
                new("first contentful paint, p95", Report.Percentile(paints, 0.95), "ms", "≤ 1,000 ms"),
                new("first comment drawn, p95", Report.Percentile(filled, 0.95), "ms"),
                new("script that the first paint waits for, gzipped", needed, "KB", "≤ 120 KB"),
                new("all script of the page before anybody touches it, gzipped", all, "KB", "≤ 120 KB"),
                new("script as it was transferred", transferred, "KB"),
            ]);
    }

    [GeneratedRegex("/assets/([^\"]+\\.js)\"")]
    private static partial Regex ScriptName();

    private static double Gzipped(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            gzip.Write(body);
        return packed.Length / 1000.0;
    }
}
