using System.Net;
using System.Net.Http.Json;
using LiveComments.Contracts;
using LiveComments.IntegrationTests.Transports;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Access;

/// <summary>What pages tell of how soon their viewers saw comments.</summary>
[Collection(AccessCollection.Name)]
public sealed class DisplayTelemetryTests(AccessSystem system)
{
    private const string Metric = "livecomments_display_latency_seconds_count";

    [Fact]
    public async Task A_report_is_counted_by_transport_and_answered_with_the_time()
    {
        using var client = AccessSystem.ClientOf(system.Api);
        var before = await LiveNodes.MetricAsync(system.Api, Metric, DisplayTransports.Poll);
        var earliest = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var answer = await ReportAsync(client, new DisplayReport(DisplayTransports.Poll, [40, 0, Limits.MaxDisplayLatencyMs], 5));
        Assert.InRange(answer.Now, earliest, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        await Eventually.UntilAsync("all three are counted", async () => await LiveNodes.MetricAsync(system.Api, Metric, DisplayTransports.Poll) == before + 3);
    }

    [Fact]
    public async Task A_page_that_does_not_know_the_time_is_told_it_and_counts_nothing()
    {
        using var client = AccessSystem.ClientOf(system.Api);
        var before = await LiveNodes.MetricAsync(system.Api, Metric, DisplayTransports.WebSocket);
        await ReportAsync(client, new DisplayReport(DisplayTransports.WebSocket, [40], 251));
        await ReportAsync(client, new DisplayReport(DisplayTransports.WebSocket, [], 0));
        await ReportAsync(client, new DisplayReport(DisplayTransports.WebSocket, [40], 250));
        await Eventually.UntilAsync("the good one is counted", async () => await LiveNodes.MetricAsync(system.Api, Metric, DisplayTransports.WebSocket) > before);
        Assert.Equal(before + 1, await LiveNodes.MetricAsync(system.Api, Metric, DisplayTransports.WebSocket));
    }

    [Theory]
    [InlineData("""{"transport":"pigeon","latenciesMs":[],"clockErrorMs":0}""")]
    [InlineData("""{"transport":"sse","latenciesMs":null,"clockErrorMs":0}""")]
    [InlineData("""{"transport":"sse","latenciesMs":[-1],"clockErrorMs":0}""")]
    [InlineData("""{"transport":"sse","latenciesMs":[60001],"clockErrorMs":0}""")]
    [InlineData("""{"transport":"sse","latenciesMs":[1.5],"clockErrorMs":0}""")]
    [InlineData("""{"transport":"sse","latenciesMs":[],"clockErrorMs":-1}""")]
    [InlineData("""{"transport":"sse","latenciesMs":[99999999999],"clockErrorMs":0}""")]
    public async Task A_report_that_makes_no_sense_is_refused(string body)
    {
        using var client = AccessSystem.ClientOf(system.Api);
        await RefusedAsync(client, body);
    }

    [Fact]
    public async Task A_report_with_more_measures_than_agreed_is_refused()
    {
        using var client = AccessSystem.ClientOf(system.Api);
        await RefusedAsync(client, $$"""{"transport":"sse","latenciesMs":[{{string.Join(',', Enumerable.Repeat(1, Limits.MaxDisplayLatencies + 1))}}],"clockErrorMs":0}""");
    }

    private static async Task<DisplayReportAnswer> ReportAsync(HttpClient client, DisplayReport report)
    {
        using var answer = await client.PostAsJsonAsync("/api/telemetry/display", report, ContractsJson.Default.DisplayReport);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync(ContractsJson.Default.DisplayReportAnswer))!;
    }

    private static async Task RefusedAsync(HttpClient client, string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri("/api/telemetry/display", UriKind.Relative), content);
        await ProblemDocument.AssertAsync(answer, HttpStatusCode.BadRequest, ErrorCodes.InvalidMessage);
    }
}
