using System.Globalization;
using System.Text;
using LiveComments.Bench.Fanout.Figures;

namespace LiveComments.Bench.Fanout.Reports;

/// <summary>The targets beside each other: medians of their runs, and every run below.</summary>
static class SideBySideTable
{
    // The kernel's own threads and a quiet system stay well below this share of the machine.
    private const double CalmShare = 0.05;

    public static string Of(IReadOnlyList<TargetResult> results, Options options, int cores)
    {
        var text = new StringBuilder();
        if (results.All(result => result.Outcomes.Count > 0))
            Deliveries(text, results, options);
        Memory(text, results);
        foreach (var result in results)
            Runs(text, result, cores);
        return text.ToString();
    }

    public static object ForPrograms(IReadOnlyList<TargetResult> results) => results.Select(result => new
    {
        result.Target,
        result.Setup,
        idle = new { result.Idle.FewViewers, result.Idle.FewMiB, result.Idle.AllViewers, result.Idle.AllMiB, result.Idle.KiBPerViewer },
        runs = result.Outcomes.Select(outcome => new
        {
            commentsPerServerCpuSecond = TargetResult.PerServerCpuSecond(outcome, outcome.Deliveries.Comments),
            framesPerServerCpuSecond = TargetResult.PerServerCpuSecond(outcome, outcome.Deliveries.Pieces),
            outcome.Deliveries.Comments,
            frames = outcome.Deliveries.Pieces,
            outcome.Deliveries.Bytes,
            latencyMs = Latency(outcome.Deliveries.Latencies),
            outcome.Seen.Missing,
            outcome.Seen.Repeated,
            outcome.Seen.Closed,
            outcome.Usage,
        }),
    });

    public static object Latency(Histogram latencies) => new { counted = latencies.Count, p50 = latencies.Percentile(0.5), p99 = latencies.Percentile(0.99), p999 = latencies.Percentile(0.999), max = latencies.Percentile(1) };

    private static void Deliveries(StringBuilder text, IReadOnlyList<TargetResult> results, Options options)
    {
        var first = results[0].CommentsPerServerCpuSecond;
        text.Line($"| target | comments delivered per server-CPU-s | {results[0].Target} is | frames per server-CPU-s | bytes a frame | comments a frame | p50 ms | p99 ms | p99.9 ms | lost or twice | delivered of due |");
        text.Line($"|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var result in results)
        {
            var due = options.Viewers * (double)options.Rate * options.Seconds;
            var bytes = result.Median(outcome => outcome.Deliveries.Bytes / (double)Math.Max(1, outcome.Deliveries.Pieces));
            var comments = result.Median(outcome => outcome.Deliveries.Comments / (double)Math.Max(1, outcome.Deliveries.Pieces));
            var wrong = result.Outcomes.Sum(outcome => outcome.Seen.Missing + outcome.Seen.Repeated);
            text.Line($"| {result.Target} | {result.CommentsPerServerCpuSecond:0} | {first / result.CommentsPerServerCpuSecond:0.00} × | {result.FramesPerServerCpuSecond:0} | {bytes:0} | {comments:0.0} | {Ms(result, 0.5)} | {Ms(result, 0.99)} | {Ms(result, 0.999)} | {wrong} | {result.Median(outcome => outcome.Deliveries.Comments / due):0%} |");
        }

        text.Line($"");
    }

    private static void Memory(StringBuilder text, IReadOnlyList<TargetResult> results)
    {
        text.Line($"| target | RSS MiB with few viewers | with all | KiB per silent viewer | after the last run, MiB |");
        text.Line($"|---|---:|---:|---:|---:|");
        foreach (var result in results)
            text.Line($"| {result.Target} | {result.Idle.FewMiB:0.0} ({result.Idle.FewViewers}) | {result.Idle.AllMiB:0.0} ({result.Idle.AllViewers}) | {result.Idle.KiBPerViewer:0.0} | {(result.Outcomes.Count > 0 ? result.Outcomes[^1].Usage.ServerMiB : result.Idle.AllMiB):0.0} |");
        text.Line($"");
    }

    private static void Runs(StringBuilder text, TargetResult result, int cores)
    {
        text.Line($"## {result.Target}");
        text.Line($"");
        text.Line($"{result.Setup}");
        text.Line($"");
        if (result.Outcomes.Count == 0)
            return;
        text.Line($"| run | comments delivered | frames | server CPU-s | by process | µs CPU a frame | p50 ms | p99 ms | p99.9 ms | max ms | lost | twice | closed | viewers' CPU-s | publisher's | the rest of the machine |");
        text.Line($"|---:|---:|---:|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var (index, outcome) in result.Outcomes.Index())
        {
            var (usage, seen, deliveries) = outcome;
            text.Line($"| {index + 1} | {deliveries.Comments} | {deliveries.Pieces} | {usage.ServerCpuSeconds:0.00} | {string.Join(", ", usage.Servers.Select(server => $"{server.Name} {server.CpuSeconds:0.00}"))} | {usage.ServerCpuSeconds / Math.Max(1, deliveries.Pieces) * 1e6:0.0} | {deliveries.Latencies.Percentile(0.5):0.0} | {deliveries.Latencies.Percentile(0.99):0.0} | {deliveries.Latencies.Percentile(0.999):0.0} | {deliveries.Latencies.Percentile(1):0.0} | {seen.Missing} | {seen.Repeated} | {seen.Closed} | {usage.ViewersCpuSeconds:0.00} | {usage.PublisherCpuSeconds:0.00} | {usage.ForeignCpuSeconds:0.00} of {usage.Seconds * cores:0}{(usage.ForeignCpuSeconds > CalmShare * usage.Seconds * cores ? " **not calm**" : "")} |");
        }

        text.Line($"");
    }

    // A server that is far behind delivered none of the comments that were due within the measured time.
    private static string Ms(TargetResult result, double share) =>
        result.Outcomes.Any(outcome => outcome.Deliveries.Latencies.Count == 0) ? "none in time" : result.Latency(share).ToString("0.0", CultureInfo.InvariantCulture);
}
