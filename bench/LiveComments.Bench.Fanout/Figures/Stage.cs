using LiveComments.Bench.Common.Machine;
using LiveComments.Bench.Fanout.Publishing;
using LiveComments.Bench.Fanout.Targets;
using LiveComments.Bench.Fanout.Viewers;

namespace LiveComments.Bench.Fanout.Figures;

/// <summary>A started target with its viewers and its publisher.</summary>
sealed class Stage(Target target, Crowd crowd, CommentMaker comments, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>The group of the viewers who are there from the beginning.</summary>
    public const string Audience = "audience";

    /// <summary>The group of those who read nothing.</summary>
    public const string Deaf = "deaf";

    public const string Measured = "measured";

    // Connections a second when nobody measures how fast they come in.
    private const int GentlePerSecond = 2_000;

    // What a join leaves behind (a group to be entered, garbage to be collected) is over by then.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    // After the last comment; who hasn't got it by then has lost it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public Target Target => target;

    public Crowd Crowd => crowd;

    public Publisher Publisher { get; } = new(target, comments, clock);

    /// <summary>Server memory over the number of viewers, from the first fifth of them to all; see <see cref="FillAsync"/>.</summary>
    public Memory? Idle { get; private set; }

    public static async Task<Stage> OpenAsync(Target target, Options options, TimeProvider clock)
    {
        Console.WriteLine($"{target.Name}: starting");
        var processes = Math.Max(1, (options.Viewers + options.Joiners + Crowd.MaxInOneProcess - 1) / Crowd.MaxInOneProcess);
        var comments = new CommentMaker(options.FrameBytes is { } frame ? frame - target.EnvelopeBytes : null, areRemovals: options.Load > 0);
        var stage = new Stage(target, new Crowd(processes), comments, clock);
        try
        {
            await target.StartAsync();
            Console.WriteLine($"{target.Name}: processes {string.Join(", ", target.Processes.Select(process => $"{process.Name} {process.Id}"))}");
            return stage;
        }
        catch
        {
            Console.WriteLine(target.Output);
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Lets the audience in while nothing is said, and notes the memory it takes. A server's first viewers bring code and
    /// buffers with them that all share; so what one viewer costs is told by the rest of them.
    /// </summary>
    public async Task FillAsync(int viewers, TimeSpan settling)
    {
        var first = viewers / 5;
        await ConnectAsync(first);
        await clock.DelayAsync(settling);
        var few = Resident();
        await ConnectAsync(viewers - first);
        await clock.DelayAsync(settling);
        var all = Resident();
        Idle = new Memory(first, few, viewers, all);
    }

    /// <summary>Lets in viewers who read nothing; each is there for one measurement.</summary>
    public Task AddDeafAsync(int viewers) => ConnectAsync(viewers, Deaf);

    /// <summary>Publishes, and measures from the warm-up's end for so long.</summary>
    public async Task<Outcome> MeasureAsync(int perSecond, TimeSpan warmUp, TimeSpan measured, Func<IEnumerable<int>> allProcesses)
    {
        var from = Stamp.NowMicroseconds + (long)warmUp.TotalMicroseconds;
        crowd.Enter(new PhaseOrder(Measured, from, from + (long)measured.TotalMicroseconds));
        Publisher.Start(perSecond);
        await clock.DelayAsync(warmUp);
        var before = Probe.Take(this, allProcesses());
        await clock.DelayAsync(measured);
        var after = Probe.Take(this, allProcesses());
        await Publisher.StopAsync();
        var seen = await crowd.ReportAsync(Publisher.Last, Patience);
        return new Outcome(after.Since(before), seen[Audience], seen[Audience].Phases[Measured]) { Deaf = seen.GetValueOrDefault(Deaf) };
    }

    public Task<IReadOnlyDictionary<string, Seen>> ReportAsync() => crowd.ReportAsync(Publisher.Last, Patience);

    public double Resident() => target.Processes.Sum(process => ProcessUsage.Of(process.Id).ResidentMiB);

    public async ValueTask DisposeAsync()
    {
        await crowd.DisposeAsync();
        await target.DisposeAsync();
    }

    private async Task ConnectAsync(int viewers, string group = Audience)
    {
        var joined = await crowd.ConnectAsync(group, target.Endpoints, viewers, GentlePerSecond, Publisher.Last, areDeaf: group == Deaf);
        if (joined.Failed > 0)
            throw new InvalidOperationException($"{target.Name} let {joined.Failed} of {viewers} viewers not in, the first because: {joined.FirstFailure}. {target.Output}");
        await clock.DelayAsync(Settling);
    }
}

/// <summary>Server memory with few and with all viewers, in MiB.</summary>
sealed record Memory(int FewViewers, double FewMiB, int AllViewers, double AllMiB)
{
    public double KiBPerViewer => (AllMiB - FewMiB) * 1024 / Math.Max(1, AllViewers - FewViewers);
}

/// <summary>What one measurement gave.</summary>
sealed record Outcome(Usage Usage, Seen Seen, SeenInPhase Deliveries)
{
    /// <summary>What became of those who read nothing, in this measurement and those before it.</summary>
    public Seen? Deaf { get; init; }
}
