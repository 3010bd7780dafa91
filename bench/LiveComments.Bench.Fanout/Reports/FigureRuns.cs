using System.Text;
using LiveComments.Bench.Common.Machine;
using LiveComments.Bench.Fanout.Figures;

namespace LiveComments.Bench.Fanout.Reports;

/// <summary>Runs figures and writes their results.</summary>
sealed class FigureRuns(TimeProvider clock)
{
    public async Task<IReadOnlyList<TargetResult>> RunSideBySideAsync(Options options)
    {
        var facts = MachineFacts.Read(clock);
        var results = await SideBySide.RunAsync(options, clock);
        Report.Write(options, facts, SideBySideTable.Of(results, options, facts.Cores), SideBySideTable.ForPrograms(results), clock);
        return results;
    }

    public async Task<StormResult> RunStormAsync(Options options)
    {
        var facts = MachineFacts.Read(clock);
        var result = await Storm.RunAsync(options, clock);
        Report.Write(options, facts, StormTable.Of(result, options), StormTable.ForPrograms(result), clock);
        return result;
    }

    public async Task<DeafResult> RunDeafAsync(Options options)
    {
        var facts = MachineFacts.Read(clock);
        var result = await DeafViewers.RunAsync(options, clock);
        Report.Write(options, facts, DeafTable.Of(result, options), DeafTable.ForPrograms(result), clock);
        return result;
    }

    /// <summary>Every figure, and what is asked of us beside it. Options hold for all of them.</summary>
    public async Task RunTableAsync(string[] arguments)
    {
        var facts = MachineFacts.Read(clock);
        var rows = new List<Row>();
        // In the order of their targets: ours, nchan, SignalR, the bare loop.
        var deliveries = await RunSideBySideAsync(Of("deliveries"));
        var each = deliveries.Select(result => result.CommentsPerServerCpuSecond).ToArray();
        rows.Add(Row.AtLeast("deliveries per server-CPU-s, beside nchan", each[0] / each[1], 1.2, null, "×"));
        rows.Add(Row.AtLeast("… beside SignalR", each[0] / each[2], 2.2, null, "×"));
        rows.Add(Row.AtLeast("… beside a bare send() loop", each[0] / each[3], null, 0.85, "×"));
        var batching = (await RunSideBySideAsync(Of("batching"))).Select(result => result.CommentsPerServerCpuSecond).ToArray();
        rows.Add(Row.AtLeast("comments per server-CPU-s at 100/s, beside nchan", batching[0] / batching[1], 5, 10, "×"));
        rows.Add(Row.AtLeast("… beside SignalR", batching[0] / batching[2], 5, 10, "×"));
        rows.Add(Row.AtMost("memory per silent viewer", (await RunSideBySideAsync(Of("idle")))[0].Idle.KiBPerViewer, 10, 3, "KiB"));
        var latency = (await RunSideBySideAsync(Of("latency")))[0];
        rows.Add(Row.AtMost("latency at 5,000 viewers, p99", latency.Latency(0.99), 200, null, "ms"));
        rows.Add(Row.AtMost("… p50", latency.Latency(0.5), null, 30, "ms"));
        var gateway = (await RunSideBySideAsync(Of("gateway"))).Select(result => result.CommentsPerServerCpuSecond).ToArray();
        rows.Add(Row.AtMost("CPU through the Gateway, beside Fanout alone", gateway[0] / gateway[1], 3, null, "×"));
        // It is out of the way then; what is above 1 is noise and the Gateway's looking after its nodes.
        rows.Add(Row.AtMost("… when it redirects", gateway[0] / gateway[2], null, 1.05, "×"));
        rows.Add(Row.AtMost("19,000 viewers on one node, p99", (await RunSideBySideAsync(Of("crowd")))[0].Latency(0.99), 500, null, "ms"));
        rows.Add(Row.AtMost("38,000 on two, p99", (await RunSideBySideAsync(Of("crowd", "--viewers", "38000", "--nodes", "2", "--name", "fanout-crowd-2-nodes")))[0].Latency(0.99), null, 500, "ms"));
        var storm = (await RunStormAsync(Of("storm"))).Audience.Phases;
        rows.Add(Row.AtMost("2,000 join a second: p99 of the others beside before", storm[Storm.During].Latencies.Percentile(0.99) / storm[Storm.Before].Latencies.Percentile(0.99), 1.5, null, "×"));
        rows.Add(Row.AtMost("200 of 1,000 read nothing: p99 of the others beside 1,000 who read", (await RunDeafAsync(Of("deaf"))).Ratio(0.99), 1.1, null, "×"));
        Report.WritePage(Of(Options.TableFigure), facts, Page(rows), rows, clock);

        Options Of(string figure, params string[] besides) => Options.Parse([figure, .. besides, .. arguments]).Options;
    }

    private static string Page(List<Row> rows)
    {
        var text = new StringBuilder();
        text.Line($"| figure | measured | must | aim | |");
        text.Line($"|---|---:|---:|---:|---|");
        foreach (var row in rows)
            text.Line($"| {row.Figure} | {row.Measured:0.00} {row.Unit} | {row.Must} | {row.Aim} | {(row.MeetsMust ? row.MeetsAim ? "" : "short of the aim" : "**missed**")} |");
        return text.ToString();
    }

    /// <summary>A line of the table; without a must or an aim, that is met.</summary>
    private sealed record Row(string Figure, double Measured, string Unit, string Must, string Aim, bool MeetsMust, bool MeetsAim)
    {
        public static Row AtLeast(string figure, double measured, double? must, double? aim, string unit) =>
            new(figure, measured, unit, Bound("≥", must, unit), Bound("≥", aim, unit), !(measured < must), !(measured < aim));

        public static Row AtMost(string figure, double measured, double? must, double? aim, string unit) =>
            new(figure, measured, unit, Bound("≤", must, unit), Bound("≤", aim, unit), !(measured > must), !(measured > aim));

        private static string Bound(string sign, double? bound, string unit) => bound is null ? "" : FormattableString.Invariant($"{sign} {bound} {unit}");
    }
}
