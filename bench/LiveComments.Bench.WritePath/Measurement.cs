using System.Diagnostics;
using LiveComments.Bench.Common.Machine;
using LiveComments.Bench.WritePath.Load;
using LiveComments.Bench.WritePath.Reports;
using LiveComments.Bench.WritePath.Targets;

namespace LiveComments.Bench.WritePath;

/// <summary>Runs a figure's load against its targets and gathers what each process used meanwhile.</summary>
sealed class Measurement(Options options, TimeProvider clock)
{
    // One that needs longer is reported as it is.
    private static readonly TimeSpan MaxCatchUp = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LagPoll = TimeSpan.FromMilliseconds(50);

    private readonly byte[][] _tokens = Tokens.Make(options.Users, clock);

    public async Task<RunReport> OursAsync(int? rate)
    {
        await using var target = new LiveCommentsTarget(options.ApiProcesses, options.Environment);
        return await RunAsync(target, rate, () => KeptUpAsync(target));
    }

    public async Task<IReadOnlyList<RunReport>> SideBySideAsync()
    {
        var reports = new List<RunReport> { await OursAsync(rate: null) };
        foreach (var withCounter in new[] { true, false })
        {
            await using var target = new ClassicTarget(withCounter);
            reports.Add(await RunAsync(target, rate: null, () => Task.FromResult<CatchUp?>(null)));
        }

        return reports;
    }

    public async Task<RunReport> CatchUpAsync()
    {
        await using var target = new LiveCommentsTarget(options.ApiProcesses, options.Environment, withPostgres: false);
        return await RunAsync(target, options.Rate, async () =>
        {
            await target.Postgres.StartAsync();
            return await KeptUpAsync(target);
        });
    }

    private async Task<RunReport> RunAsync(Target target, int? rate, Func<Task<CatchUp?>> afterwards)
    {
        Console.WriteLine($"{target.Name}: starting");
        var streams = await target.StartAsync(options.Streams, _tokens[0]);
        Console.WriteLine($"{target.Name}: {(rate is null ? "saturated" : $"{rate}/s")} by {options.Connections} connections, for {options.WarmUp} + {options.Seconds} s; processes: {string.Join(", ", target.Processes.Select(process => $"{process.Name} {process.Id}"))}");
        var plan = new LoadPlan(rate, TimeSpan.FromSeconds(options.WarmUp), TimeSpan.FromSeconds(options.Seconds), options.Connections, target.Ports, options.Seed);
        var generator = new LoadGenerator(plan, new PostRequests(streams, _tokens));

        var run = generator.RunAsync();
        await Task.WhenAny(generator.Measuring, run);
        var before = await ProbeAsync(target);
        await Task.WhenAny(generator.Measured, run);
        var after = await ProbeAsync(target);
        var load = await run;
        var caughtUp = await afterwards();
        var stored = await target.StoredAsync();
        if (load.AcknowledgedInAll == 0 || load.Errors.Count > 0)
            Console.WriteLine(target.Output);

        var used = after.Processes.Select(process => new ProcessReport(
            process.Key, process.Value.CpuSeconds - before.Processes.GetValueOrDefault(process.Key).CpuSeconds, process.Value.ResidentMiB)).ToArray();
        return new RunReport
        {
            Target = target.Name,
            Rate = rate,
            Load = load,
            Processes = used,
            OthersCpuSeconds = Math.Max(0, after.Busy - before.Busy - used.Sum(process => process.CpuSeconds)),
            AllocatedPerAccepted = Allocated(before, after, target.Ports.Count),
            CatchUp = caughtUp,
            Stored = stored,
        };

        // Connections are shared out evenly, and so are the posts, nearly.
        double[]? Allocated(Probe from, Probe to, int processes) => from.Allocated is null || to.Allocated is null
            ? null
            : [.. to.Allocated.Zip(from.Allocated, (end, start) => (end - start) / Math.Max(1, (double)load.AcknowledgedInWindow / processes))];
    }

    private static async Task<Probe> ProbeAsync(Target target)
    {
        var processes = target.Processes.ToDictionary(process => process.Name, process => ProcessUsage.Of(process.Id));
        processes["generator"] = ProcessUsage.OfSelf();
        var busy = ProcessUsage.MachineBusySeconds();
        return new Probe(processes, busy, await target.AllocatedAsync());
    }

    /// <summary>How far Postgres was behind when the load ended, and how long it took to have everything.</summary>
    private async Task<CatchUp?> KeptUpAsync(LiveCommentsTarget target)
    {
        var last = await target.LastSequenceAsync();
        var started = Stopwatch.GetTimestamp();
        var written = await WrittenOrNothingAsync(target);
        var behind = last - written;
        // The pace counts from the first step, so that starting up and noticing isn't taken for slowness.
        (long Written, TimeSpan At, Dictionary<string, double> Cpu)? firstStep = null;
        while (written < last && Stopwatch.GetElapsedTime(started) < MaxCatchUp)
        {
            await Task.Delay(LagPoll, clock, CancellationToken.None);
            var now = await WrittenOrNothingAsync(target);
            if (now > written && firstStep is null)
                firstStep = (now, Stopwatch.GetElapsedTime(started), CpuOf(target));
            written = now;
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        var cpu = CpuOf(target);
        var seconds = written >= last ? elapsed.TotalSeconds : (double?)null;
        if (firstStep is not { } step || last <= step.Written)
            return new CatchUp(last, behind, seconds, RowsPerSecond: null, MicrosecondsPerRow: null);
        return new CatchUp(
            last, behind, seconds, (written - step.Written) / (elapsed - step.At).TotalSeconds,
            cpu.ToDictionary(process => process.Key, process => (process.Value - step.Cpu.GetValueOrDefault(process.Key)) / (written - step.Written) * 1e6));
    }

    private static Dictionary<string, double> CpuOf(Target target) =>
        target.Processes.ToDictionary(process => process.Name, process => ProcessUsage.Of(process.Id).CpuSeconds);

    // Before the first migration there is no table to ask.
    private static async Task<long> WrittenOrNothingAsync(LiveCommentsTarget target)
    {
        try
        {
            return await target.WrittenAsync();
        }
        catch (Npgsql.PostgresException exception) when (exception.SqlState == Npgsql.PostgresErrorCodes.UndefinedTable)
        {
            return 0;
        }
    }

    private sealed record Probe(Dictionary<string, ProcessUsage> Processes, double Busy, IReadOnlyList<double>? Allocated);
}
