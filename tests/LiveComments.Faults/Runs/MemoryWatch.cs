using LiveComments.Bench.Common.Machine;
using LiveComments.Faults.Servers;

namespace LiveComments.Faults.Runs;

/// <summary>Memory of every process, over the time that each lives: what is resident, and of our services what is left after a full collection.</summary>
sealed class MemoryWatch : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);

    // So rarely that the garbage collector goes on in its own way meanwhile.
    private static readonly TimeSpan BetweenCollections = TimeSpan.FromMinutes(1);

    // Of less, a third says more about the warming up than about a leak.
    private static readonly TimeSpan LeastLife = TimeSpan.FromMinutes(3);

    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<(string Name, int ProcessId), Life> _lives = [];
    private readonly HttpClient _client = new();
    private readonly FaultySystem _system;
    private readonly TimeProvider _clock;
    private readonly bool _collects;
    private readonly Task _watching;
    private bool _isOver;

    /// <param name="system">Whose processes are watched.</param>
    /// <param name="collects">Services are told to collect their garbage now and then.</param>
    /// <param name="clock">Tells the time.</param>
    public MemoryWatch(FaultySystem system, bool collects, TimeProvider clock)
    {
        (_system, _collects, _clock) = (system, collects, clock);
        _watching = WatchAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_isOver)
            return;
        _isOver = true;
        await _stop.CancelAsync();
        await _watching;
        _client.Dispose();
        _stop.Dispose();
    }

    /// <summary>Of each process's longest life; call it after the watch has ended.</summary>
    public IReadOnlyList<MemoryFigure> Figures() =>
    [
        .. _lives.GroupBy(life => life.Key.Name).Select(lives => Figure(lives.Key, lives.Count(), lives.MaxBy(life => life.Value.Resident.Count).Value)).OrderBy(figure => figure.Name, StringComparer.Ordinal),
    ];

    private MemoryFigure Figure(string name, int lives, Life longest)
    {
        var from = longest.Resident[0].At;
        var life = longest.Resident[^1].At - from;
        var isLongEnough = life >= LeastLife;
        return new MemoryFigure(
            name, _system.IsService(name), lives, life, isLongEnough ? Thirds.Of(longest.Resident, from, life) : null, isLongEnough ? Thirds.Of(longest.Live, from, life) : null);
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
                    var at = _clock.GetElapsedTime(started);
                    if (!_lives.TryGetValue((name, id), out var life))
                        _lives[(name, id)] = life = new Life(at);
                    life.Resident.Add((at, resident));
                    if (!_collects || !_system.IsService(name) || at - life.CollectedAt < BetweenCollections)
                        continue;
                    life.CollectedAt = at;
                    if (await LiveHeap.MeasureAsync(id, _client, _system.AddressOf(name), _clock, _stop.Token) is { } live)
                        life.Live.Add((at, live));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }

    private sealed class Life(TimeSpan born)
    {
        public List<(TimeSpan At, double MiB)> Resident { get; } = [];

        public List<(TimeSpan At, double MiB)> Live { get; } = [];

        public TimeSpan CollectedAt { get; set; } = born;
    }
}
