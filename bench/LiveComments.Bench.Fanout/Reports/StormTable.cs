using System.Text;
using LiveComments.Bench.Fanout.Figures;

namespace LiveComments.Bench.Fanout.Reports;

/// <summary>A storm: latency of those who were there, before, during and after.</summary>
static class StormTable
{
    private static readonly string[] Phases = [Storm.Before, Storm.During, Storm.After];

    public static string Of(StormResult result, Options options)
    {
        var text = new StringBuilder();
        text.Line($"{result.Target}: {result.Setup}");
        text.Line($"");
        text.Line($"| {options.Seconds} s each | comments delivered to those who were there | p50 ms | p99 ms | p99.9 ms | max ms | p99 is |");
        text.Line($"|---|---:|---:|---:|---:|---:|---:|");
        var before = result.Audience.Phases[Storm.Before].Latencies.Percentile(0.99);
        foreach (var phase in Phases)
        {
            var latencies = result.Audience.Phases[phase].Latencies;
            text.Line($"| {phase} | {latencies.Count} | {latencies.Percentile(0.5):0.0} | {latencies.Percentile(0.99):0.0} | {latencies.Percentile(0.999):0.0} | {latencies.Percentile(1):0.0} | {latencies.Percentile(0.99) / Math.Max(before, 0.001):0.00} × |");
        }

        text.Line($"");
        text.Line($"- Those who were there: {result.Audience.Missing} comments lost, {result.Audience.Repeated} twice, {result.Audience.Closed} viewers closed.");
        text.Line($"- Of {options.Joiners} who came at {options.JoinRate}/s, {result.Joined.Failed} did not get in{(result.Joined.FirstFailure is { } why ? $" (the first: {why})" : "")}; from due to in: p50 {result.Joined.Times.Percentile(0.5):0.0} ms, p99 {result.Joined.Times.Percentile(0.99):0.0} ms, max {result.Joined.Times.Percentile(1):0.0} ms.");
        text.Line($"- Over the {result.Usage.Seconds:0} s: {string.Join(", ", result.Usage.Servers.Select(server => $"{server.Name} {server.CpuSeconds:0.0} CPU-s and {server.ResidentMiB:0} MiB"))}; viewers {result.Usage.ViewersCpuSeconds:0.0}, publisher {result.Usage.PublisherCpuSeconds:0.0}, the rest of the machine {result.Usage.ForeignCpuSeconds:0.0} CPU-s.");
        return text.ToString();
    }

    public static object ForPrograms(StormResult result) => new
    {
        result.Target,
        result.Setup,
        phases = Phases.Select(phase => new { phase, comments = result.Audience.Phases[phase].Latencies.Count, latencyMs = SideBySideTable.Latency(result.Audience.Phases[phase].Latencies) }),
        result.Audience.Missing,
        result.Audience.Repeated,
        result.Audience.Closed,
        joined = new { result.Joined.Open, result.Joined.Failed, result.Joined.FirstFailure, timesMs = SideBySideTable.Latency(result.Joined.Times) },
        result.Usage,
    };
}
