using LiveComments.Bench.Fanout.Targets;
using LiveComments.Bench.Fanout.Viewers;

namespace LiveComments.Bench.Fanout.Figures;

/// <summary>What a storm did.</summary>
/// <param name="Target">Its name.</param>
/// <param name="Setup">How it was set up.</param>
/// <param name="Audience">What those who were there saw before, during and after.</param>
/// <param name="Joined">How the others came in.</param>
/// <param name="Usage">Over the three times.</param>
sealed record StormResult(string Target, string Setup, Seen Audience, Joined Joined, Usage Usage);

/// <summary>Many come at once, and those who are there must hardly notice.</summary>
static class Storm
{
    public const string Before = "before";
    public const string During = "during";
    public const string After = "after";

    private const string Joiners = "joiners";

    // A node has 20,000 files here: at 2,000 a second, 10,000 of them are in at once, beside those who were there.
    private static readonly TimeSpan Stay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    public static async Task<StormResult> RunAsync(Options options, TimeProvider clock)
    {
        await using var stage = await Stage.OpenAsync(TargetNames.Make(options.Targets[0], options), options, clock);
        await stage.FillAsync(options.Viewers, Settling);
        var third = TimeSpan.FromSeconds(options.Seconds);
        var warmUp = TimeSpan.FromSeconds(options.WarmUp);
        var from = Stamp.NowMicroseconds + (long)warmUp.TotalMicroseconds;
        var step = (long)third.TotalMicroseconds;
        stage.Crowd.Enter(new PhaseOrder(Before, from, from + step), new PhaseOrder(During, from + step, from + (2 * step)), new PhaseOrder(After, from + (2 * step), from + (3 * step)));
        stage.Publisher.Start(options.Rate);
        await clock.DelayAsync(warmUp);
        var before = Probe.Take(stage, Processes(stage));
        await clock.DelayAsync(third);
        var joining = stage.Crowd.ConnectAsync(Joiners, stage.Target.Endpoints, options.Joiners, options.JoinRate, after: null, Stay);
        await clock.DelayAsync(2 * third);
        var after = Probe.Take(stage, Processes(stage));
        var joined = await joining;
        await stage.Publisher.StopAsync();
        var seen = await stage.ReportAsync();
        return new StormResult(stage.Target.Name, stage.Target.Setup, seen[Stage.Audience], joined, after.Since(before));
    }

    private static IEnumerable<int> Processes(Stage stage) => stage.Target.Processes.Select(process => process.Id).Concat(stage.Crowd.ProcessIds);
}
