using System.Text;
using LiveComments.Bench.Fanout.Figures;

namespace LiveComments.Bench.Fanout.Reports;

/// <summary>Latency of those who read, without and with others who don't.</summary>
static class DeafTable
{
    public static string Of(DeafResult result, Options options)
    {
        var text = new StringBuilder();
        text.Line($"{result.AllRead.Target}: {result.AllRead.Setup}");
        text.Line($"");
        text.Line($"| viewers | p50 ms | p99 ms | p99.9 ms | delivered of due | lost or twice | readers closed | CPU-s of the servers |");
        text.Line($"|---|---:|---:|---:|---:|---:|---:|---:|");
        Row(text, $"{options.Viewers} who read", result.AllRead, options.Viewers, options);
        Row(text, $"{options.Viewers - options.Deaf} who read, beside {options.Deaf} who don't", result.SomeDeaf, options.Viewers - options.Deaf, options);
        text.Line($"| the second is | {result.Ratio(0.5):0.00} × | {result.Ratio(0.99):0.00} × | {result.Ratio(0.999):0.00} × | | | | |");
        text.Line($"");
        text.Line($"- Medians of {options.Runs} runs in turn. Of {options.Deaf * options.Runs} who read nothing, new ones in each run, {result.ClosedDeaf} were closed within it.");
        foreach (var (name, target) in Both(result))
            text.Line($"- {name}, p99 ms by run: {string.Join(", ", target.Outcomes.Select(outcome => FormattableString.Invariant($"{outcome.Deliveries.Latencies.Percentile(0.99):0.0}")))}; the rest of the machine, CPU-s: {string.Join(", ", target.Outcomes.Select(outcome => FormattableString.Invariant($"{outcome.Usage.ForeignCpuSeconds:0.0}")))}.");
        return text.ToString();
    }

    public static object ForPrograms(DeafResult result) => new
    {
        p99Ratio = result.Ratio(0.99),
        result.ClosedDeaf,
        phases = Both(result).Select(one => new { one.Name, runs = SideBySideTable.ForPrograms([one.Target]) }),
    };

    private static IEnumerable<(string Name, TargetResult Target)> Both(DeafResult result) => [("All read", result.AllRead), ("Some read nothing", result.SomeDeaf)];

    private static void Row(StringBuilder text, string name, TargetResult result, int readers, Options options)
    {
        var due = readers * (double)options.Rate * options.Seconds;
        var wrong = result.Outcomes.Sum(outcome => outcome.Seen.Missing + outcome.Seen.Repeated);
        text.Line($"| {name} | {result.Latency(0.5):0.0} | {result.Latency(0.99):0.0} | {result.Latency(0.999):0.0} | {result.Median(outcome => outcome.Deliveries.Comments / due):0%} | {wrong} | {result.Outcomes[^1].Seen.Closed} | {result.Median(outcome => outcome.Usage.ServerCpuSeconds):0.0} |");
    }
}
