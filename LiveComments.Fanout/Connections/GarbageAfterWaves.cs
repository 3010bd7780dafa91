namespace LiveComments.Fanout.Connections;

/// <summary>
/// Gives memory back after many viewers have come. Each of them leaves what the web server needed for its request behind,
/// long-lived enough to be spared by small collections; and viewers that only listen make no garbage that would bring
/// about a large one.
/// </summary>
sealed class GarbageAfterWaves(TimeProvider clock) : BackgroundService
{
    // Fewer leave less behind than a collection is worth.
    private const int ManyArrivals = 1_000;

    // A wave is over when few come: the collection stops everything for some 50 ms, which must not be while many wait.
    private const int FewArrivals = 50;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private int _arrivals;

    public void Arrived() => Interlocked.Increment(ref _arrivals);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        var wave = 0;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var arrived = Interlocked.Exchange(ref _arrivals, 0);
            wave += arrived;
            if (wave < ManyArrivals || arrived > FewArrivals)
                continue;
            wave = 0;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }
}
