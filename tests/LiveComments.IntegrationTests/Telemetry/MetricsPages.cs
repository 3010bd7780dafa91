using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using LiveComments.Contracts;
using LiveComments.IntegrationTests.Transports;
using LiveComments.ServiceDefaults.Telemetry.PrometheusText;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Telemetry;

/// <summary>What docs/operations/metrics.md promises is on the services' pages.</summary>
[Collection(SeenCollection.Name)]
public sealed partial class MetricsPages(SeenSystem system)
{
    // What only happens when something is lost, breaks or is used by few: nobody reports, and no external moderator is set.
    private static readonly string[] Rare =
        ["livecomments.moderation.external.duration", "livecomments.moderation.acts", "livecomments.moderation.reports", "livecomments.viewers.refused", "livecomments.retraction.latency",
            "livecomments.trunks", "livecomments.trunk.viewers", "livecomments.degradation.changes", "livecomments.breaker.opened",
            "livecomments.log.skipped"];

    [Fact]
    public async Task Each_documented_instrument_is_there_under_its_name_and_unit()
    {
        using var author = await system.ClientOfAsync("metric-author");
        var stream = (await RunningSystem.NewStreamAsync(author)).Id;
        using (var viewer = await EventStream.OpenAsync(author, stream))
        {
            for (var count = 0; count < SeenSystem.CommentsPerStream; count++)
                await RunningSystem.PostAcceptedAsync(author, stream, $"comment {count}");
            await viewer.NextCommentAsync("a comment");
        }

        using (var refused = await RunningSystem.PostAsync(author, stream, new PostComment("one too many")))
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        using (var reaction = await author.PostAsJsonAsync($"/api/streams/{stream}/reactions", new ReactionRequest(ReactionTypes.Love), ContractsJson.Default.ReactionRequest))
            reaction.EnsureSuccessStatusCode();
        using (var painted = await author.PostAsJsonAsync("/api/telemetry/display", new DisplayReport(DisplayTransports.Sse, [120], 5), ContractsJson.Default.DisplayReport))
            painted.EnsureSuccessStatusCode();

        var documented = Row().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/operations/metrics.md")));
        Assert.True(documented.Count > 20);
        foreach (Match row in documented)
        {
            var (name, kind, unit) = (row.Groups[1].Value, row.Groups[2].Value, row.Groups[3].Value);
            if (Rare.Contains(name))
                continue;
            var (metric, _) = PrometheusNames.OfMetric(name, unit, isCounter: kind == "counter", isGauge: kind == "gauge");
            foreach (var service in row.Groups[4].Value.Split(", "))
            {
                await Eventually.UntilAsync($"{service} tells {metric}", async () => (await PageAsync(service)).Split('\n').Any(line =>
                    line.StartsWith(kind == "histogram" ? $"{metric}_bucket" : metric, StringComparison.Ordinal)));
            }
        }

        foreach (var service in system.All)
        {
            using var client = new HttpClient { BaseAddress = service.Address };
            var page = await client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
            // Neither users nor streams make series.
            Assert.DoesNotContain(stream, page, StringComparison.Ordinal);
            Assert.DoesNotContain("metric-author", page, StringComparison.Ordinal);
        }

        Assert.True(await LiveNodes.MetricAsync(system.Api, "livecomments_comments_posted_total", "accepted") >= SeenSystem.CommentsPerStream);
        Assert.True(await LiveNodes.MetricAsync(system.Api, "livecomments_comments_posted_total", "rate_limited") >= 1);
        // What was posted is in Postgres soon, and then nothing lags behind.
        await Eventually.UntilAsync("Postgres has everything", async () => await LiveNodes.MetricAsync(system.Api, "livecomments_log_lag") == 0);
    }

    private async Task<string> PageAsync(string service)
    {
        var process = service switch { "Api" => system.Api, "Fanout" => system.Fanout, "Gateway" => system.Gateway, _ => throw new ArgumentException(service) };
        using var client = new HttpClient { BaseAddress = process.Address };
        return await client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
    }

    // | `livecomments.comments.posted` | counter | `{comment}` | … | Api | …
    [GeneratedRegex(@"^\| `(livecomments[\w.]+)` \| ([\w -]+) \| `([^`]+)` \| [^|]*\| ([\w, ]+?) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
