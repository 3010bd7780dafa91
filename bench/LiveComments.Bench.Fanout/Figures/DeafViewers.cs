using LiveComments.Bench.Fanout.Targets;

namespace LiveComments.Bench.Fanout.Figures;

/// <summary>What the readers saw without and with others who read nothing.</summary>
/// <param name="AllRead">Everybody reads.</param>
/// <param name="SomeDeaf">Some read nothing; the outcomes are of the others.</param>
sealed record DeafResult(TargetResult AllRead, TargetResult SomeDeaf)
{
    public double Ratio(double share) => SomeDeaf.Latency(share) / Math.Max(AllRead.Latency(share), 0.001);

    /// <summary>Whom the server closed, over all runs, of those who read nothing.</summary>
    public int ClosedDeaf => SomeDeaf.Outcomes[^1].Deaf!.Closed;
}

/// <summary>
/// Two nodes of one target take turns: at one everybody reads, at the other some read nothing, so that the kernel's buffers
/// fill, their sockets take no more, and they are closed: all of that within the measured time, in each run anew.
/// </summary>
static class DeafViewers
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    public static async Task<DeafResult> RunAsync(Options options, TimeProvider clock)
    {
        await using var allRead = await Stage.OpenAsync(TargetNames.Make(options.Targets[0], options), options, clock);
        await using var someDeaf = await Stage.OpenAsync(TargetNames.Make(options.Targets[0], options), options, clock);
        await allRead.FillAsync(options.Viewers, Settling);
        await someDeaf.FillAsync(options.Viewers - options.Deaf, Settling);
        var outcomes = new Dictionary<Stage, List<Outcome>> { [allRead] = [], [someDeaf] = [] };
        for (var run = 1; run <= options.Runs; run++)
        {
            foreach (var stage in (Stage[])[allRead, someDeaf])
            {
                if (stage == someDeaf)
                    await stage.AddDeafAsync(options.Deaf);
                var outcome = await stage.MeasureAsync(options.Rate, TimeSpan.FromSeconds(options.WarmUp), TimeSpan.FromSeconds(options.Seconds), () => Processes(allRead).Concat(Processes(someDeaf)));
                outcomes[stage].Add(outcome);
                Console.WriteLine($"{(stage == someDeaf ? "some deaf" : "all read")}, run {run}: p99 {outcome.Deliveries.Latencies.Percentile(0.99):0.0} ms, closed so far {outcome.Deaf?.Closed ?? 0}");
            }
        }

        return new DeafResult(Result(allRead), Result(someDeaf));

        TargetResult Result(Stage stage) => new(stage.Target.Name, stage.Target.Setup, stage.Idle!, outcomes[stage]);
    }

    private static IEnumerable<int> Processes(Stage stage) => stage.Target.Processes.Select(process => process.Id).Concat(stage.Crowd.ProcessIds);
}
