using LiveComments.Bench.Fanout.Targets;

namespace LiveComments.Bench.Fanout.Figures;

/// <summary>What came of one target.</summary>
/// <param name="Target">Its name.</param>
/// <param name="Setup">How it was set up.</param>
/// <param name="Idle">Memory before anything was said.</param>
/// <param name="Outcomes">One for each run.</param>
sealed record TargetResult(string Target, string Setup, Memory Idle, IReadOnlyList<Outcome> Outcomes)
{
    public double CommentsPerServerCpuSecond => Median(outcome => PerServerCpuSecond(outcome, outcome.Deliveries.Comments));

    public double FramesPerServerCpuSecond => Median(outcome => PerServerCpuSecond(outcome, outcome.Deliveries.Pieces));

    /// <summary>Milliseconds.</summary>
    public double Latency(double share) => Median(outcome => outcome.Deliveries.Latencies.Percentile(share));

    public double Median(Func<Outcome, double> value)
    {
        var sorted = Outcomes.Select(value).Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    // Times from /proc count in hundredths of a second.
    public static double PerServerCpuSecond(Outcome outcome, long deliveries) => deliveries / Math.Max(0.01, outcome.Usage.ServerCpuSeconds);
}

/// <summary>
/// Measures several targets in the same minutes: all are started and filled with viewers, then they take turns. Whoever
/// has no turn is silent, so what disturbs the machine for a while disturbs all of them alike.
/// </summary>
static class SideBySide
{
    // A silent viewer's memory is told when the joining has been tidied up.
    private static readonly TimeSpan IdleSettling = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BriefSettling = TimeSpan.FromSeconds(1);

    public static async Task<IReadOnlyList<TargetResult>> RunAsync(Options options, TimeProvider clock)
    {
        var stages = new List<Stage>();
        try
        {
            foreach (var name in options.Targets)
            {
                var stage = await Stage.OpenAsync(TargetNames.Make(name, options), options, clock);
                stages.Add(stage);
                await stage.FillAsync(options.Viewers, options.Runs == 0 ? IdleSettling : BriefSettling);
            }

            var outcomes = stages.ToDictionary(stage => stage, _ => new List<Outcome>());
            for (var run = 1; run <= options.Runs; run++)
            {
                foreach (var stage in stages)
                {
                    var outcome = await stage.MeasureAsync(options.Rate, TimeSpan.FromSeconds(options.WarmUp), TimeSpan.FromSeconds(options.Seconds), () => AllProcesses(stages));
                    outcomes[stage].Add(outcome);
                    Console.WriteLine($"{stage.Target.Name}, run {run}: {TargetResult.PerServerCpuSecond(outcome, outcome.Deliveries.Comments):0} comments per server-CPU-s, p99 {outcome.Deliveries.Latencies.Percentile(0.99):0.0} ms");
                }
            }

            return [.. stages.Select(stage => new TargetResult(stage.Target.Name, stage.Target.Setup, stage.Idle!, outcomes[stage]))];
        }
        finally
        {
            foreach (var stage in stages)
                await stage.DisposeAsync();
        }
    }

    private static IEnumerable<int> AllProcesses(List<Stage> stages) =>
        stages.SelectMany(stage => stage.Target.Processes.Select(process => process.Id).Concat(stage.Crowd.ProcessIds));
}
