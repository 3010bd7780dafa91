using LiveComments.Bench.Common.Machine;
using LiveComments.Faults.Servers;

namespace LiveComments.Faults.Runs;

/// <summary>Resident memory of every process, over the time that each lives.</summary>
sealed class MemoryWatch : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);

    // Below it a slope says more about the warming up than about a leak.
    private static readonly TimeSpan LeastLife = TimeSpan.FromMinutes(2);

    // Caches fill and code is compiled: what counts comes after that.
    private const double SettledFrom = 0.4;

    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<(string Name, int ProcessId), List<(TimeSpan At, double MiB)>> _lives = [];
    private readonly FaultySystem _system;
    private readonly TimeProvider _clock;
    private readonly Task _watching;
    private bool _isOver;

    public MemoryWatch(FaultySystem system, TimeProvider clock)
    {
        (_system, _clock) = (system, clock);
        _watching = WatchAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_isOver)
            return;
        _isOver = true;
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    /// <summary>Of each process's longest life; call it after the watch has ended.</summary>
    public IReadOnlyList<MemoryFigure> Figures() =>
    [
        .. _lives.GroupBy(life => life.Key.Name).Select(lives => Figure(lives.Key, lives.Count(), lives.MaxBy(life => life.Value.Count).Value)).OrderBy(figure => figure.Name, StringComparer.Ordinal),
    ];

    private static MemoryFigure Figure(string name, int lives, List<(TimeSpan At, double MiB)> samples)
    {
        var life = samples[^1].At - samples[0].At;
        double? slope = null;
        var settled = samples.Where(sample => sample.At - samples[0].At >= SettledFrom * life).ToList();
        if (life >= LeastLife)
        {
            var (meanAt, meanMiB) = (settled.Average(sample => sample.At.TotalMinutes), settled.Average(sample => sample.MiB));
            slope = settled.Sum(sample => (sample.At.TotalMinutes - meanAt) * (sample.MiB - meanMiB)) / settled.Sum(sample => Math.Pow(sample.At.TotalMinutes - meanAt, 2));
        }

        return new MemoryFigure(name, lives, life, samples[0].MiB, samples.Max(sample => sample.MiB), samples[^1].MiB, slope);
    }

    private async Task WatchAsync()
    {
        using var beat = new PeriodicTimer(Beat, _clock);
        var started = _clock.GetTimestamp();
        try
        {
            while (await beat.WaitForNextTickAsync(_stop.Token))
            {
                foreach (var name in _system.Names)
                {
                    if (_system.ProcessIdOf(name) is not { } id || ProcessUsage.Of(id).ResidentMiB is not (> 0 and var resident))
                        continue;
                    if (!_lives.TryGetValue((name, id), out var life))
                        _lives[(name, id)] = life = [];
                    life.Add((_clock.GetElapsedTime(started), resident));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }
}

/// <summary>A process's memory over its longest life.</summary>
/// <param name="Name">The process.</param>
/// <param name="Lives">How often it was started.</param>
/// <param name="Life">How long it lived at the longest.</param>
/// <param name="First">MiB, when it was young.</param>
/// <param name="Most">MiB at the most.</param>
/// <param name="Last">MiB in the end.</param>
/// <param name="Slope">MiB a minute over the last three fifths of that life; null when that was too short to say.</param>
sealed record MemoryFigure(string Name, int Lives, TimeSpan Life, double First, double Most, double Last, double? Slope);
