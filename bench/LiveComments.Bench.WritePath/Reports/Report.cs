using System.Globalization;
using System.Text;
using System.Text.Json;
using LiveComments.Bench.Common.Machine;
using LiveComments.TestSupport;

namespace LiveComments.Bench.WritePath.Reports;

/// <summary>Results for people (Markdown) and for programs (JSON).</summary>
static class Report
{
    // The kernel's own threads and a quiet system stay well below this share of the machine.
    private const double CalmShare = 0.05;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static void Write(Options options, MachineFacts facts, IReadOnlyList<RunReport> runs, TimeProvider clock)
    {
        var markdown = Markdown(options, facts, runs);
        Console.WriteLine();
        Console.WriteLine(markdown);
        if (!options.WritesResult)
            return;
        var name = $"{clock.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}-{options.Name}";
        var folder = Path.Combine(Repository.Root, "bench", "results");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, $"{name}.md"), markdown);
        File.WriteAllText(Path.Combine(folder, $"{name}.json"), JsonSerializer.Serialize(new { options, facts, runs = runs.Select(ForPrograms) }, Json) + "\n");
        Console.WriteLine($"Written to {Path.Combine("bench", "results", name)}.md and .json");
    }

    private static string Markdown(Options options, MachineFacts facts, IReadOnlyList<RunReport> runs)
    {
        var text = new StringBuilder();
        Line($"# {options.Name}, {facts.Measured}");
        Line($"");
        Line($"- Commit {facts.Commit}. {facts.Cores} cores ({facts.Processor}), {facts.MemoryGiB} GiB; servers and generator all on this machine, over loopback.");
        Line($"- .NET {facts.Dotnet}; {facts.Nats}; {facts.Redis}; {facts.Postgres}; Node {facts.Node}. Fresh servers for each run, data on disk, Postgres with its default settings (synchronous commit).");
        Line($"- Load average when it began: {facts.LoadAverageBefore}.");
        Line($"- {options.Connections} keep-alive connections, {options.Streams} streams, {options.Users} users in turn, a new idempotency key each; {options.WarmUp} s of warm-up, then {options.Seconds} s measured.");
        if (options.Environment.Count > 0)
            Line($"- Environment of Api: {string.Join(", ", options.Environment.Select(pair => $"{pair.Key}={pair.Value}"))}.");
        Line($"");
        Line($"| target | load | acknowledged/s | p50 ms | p95 ms | p99 ms | p99.9 ms | max ms | errors |");
        Line($"|---|---|---:|---:|---:|---:|---:|---:|---|");
        foreach (var run in runs)
        {
            Line($"| {run.Target} | {(run.Rate is null ? "closed loop" : $"open loop, {run.Rate}/s")} | {run.Load.AcknowledgedPerSecond:0} | {run.Load.Percentile(0.5):0.0} | {run.Load.Percentile(0.95):0.0} | {run.Load.Percentile(0.99):0.0} | {run.Load.Percentile(0.999):0.0} | {run.Load.Slowest:0.0} | {Errors(run)} |");
        }

        Line($"");
        foreach (var run in runs)
        {
            Line($"## {run.Target}");
            Line($"");
            Line($"- Acknowledged in all, with warm-up: {run.Load.AcknowledgedInAll}; rows in Postgres at the end: {run.Stored}{(run.Stored == run.Load.AcknowledgedInAll ? ", the same" : "")}. Most posts that waited for a connection at once: {run.Load.LongestBacklog}.");
            if (run.Rate is not null)
                Line($"- p95 of each second, ms: {string.Join(' ', run.Load.P95BySecond.Select(latency => (latency / 1000.0).ToString("0", CultureInfo.InvariantCulture)))}.");
            if (run.CatchUp is { } catchUp)
                Line($"- Persister: {catchUp.Behind} of {catchUp.LogEntries} entries behind {(options.Figure == "catch-up" ? "when Postgres was up" : "when the last post was answered")}; {(catchUp.Seconds is { } seconds ? $"had them all after {seconds:0.00} s" : "did not catch up in time")}{(catchUp.RowsPerSecond is { } pace ? $", {pace:0} rows/s from its first step" : "")}{(catchUp.MicrosecondsPerRow is { } costs ? $"; CPU for a row: {string.Join(", ", costs.Select(cost => string.Create(CultureInfo.InvariantCulture, $"{cost.Key} {cost.Value:0.0} µs")))}" : "")}.");
            if (run.AllocatedPerAccepted is { } allocated)
                Line($"- Allocated for each accepted comment: {string.Join(", ", allocated.Select(bytes => $"{bytes:0} bytes"))}{(allocated.Count == 1 ? " (the persister runs in that process and is in it)" : ", by process; the persister runs in the first and is in it")}.");
            Line($"- Of {facts.Cores * run.Load.Window.TotalSeconds:0} CPU-seconds the rest of the machine took {run.OthersCpuSeconds:0.0} (kernel threads with it).{(run.OthersCpuSeconds > CalmShare * facts.Cores * run.Load.Window.TotalSeconds ? " **The machine was not calm: others took CPU from what was measured.**" : "")}");
            Line($"");
            Line($"| process | CPU-s | of one core | µs CPU per acknowledged | RSS MiB |");
            Line($"|---|---:|---:|---:|---:|");
            foreach (var process in run.Processes)
                Line($"| {process.Name} | {process.CpuSeconds:0.0} | {process.CpuSeconds / run.Load.Window.TotalSeconds:0%} | {process.CpuSeconds / Math.Max(1, run.Load.AcknowledgedInWindow) * 1e6:0.0} | {process.ResidentMiB:0} |");
            Line($"");
        }

        return text.ToString().TrimEnd() + "\n";

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private static string Errors(RunReport run) =>
        run.Load.Errors.Count == 0 ? "none" : string.Join(", ", run.Load.Errors.Select(error => $"{error.Key}: {error.Value}"));

    private static object ForPrograms(RunReport run) => new
    {
        run.Target,
        run.Rate,
        acknowledgedPerSecond = run.Load.AcknowledgedPerSecond,
        latencyMs = new { p50 = run.Load.Percentile(0.5), p95 = run.Load.Percentile(0.95), p99 = run.Load.Percentile(0.99), p999 = run.Load.Percentile(0.999), max = run.Load.Slowest },
        run.Load.AcknowledgedInWindow,
        run.Load.AcknowledgedInAll,
        run.Load.SentInAll,
        run.Load.Errors,
        run.Load.LongestBacklog,
        run.Stored,
        run.CatchUp,
        run.AllocatedPerAccepted,
        run.OthersCpuSeconds,
        run.Processes,
    };
}
