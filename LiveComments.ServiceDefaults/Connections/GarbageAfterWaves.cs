using Microsoft.Extensions.Hosting;

namespace LiveComments.ServiceDefaults.Connections;

/// <summary>
/// Keeps collections short while many viewers come, and gives memory back after. Each of them leaves behind what the web
/// server needed for its request, long-lived enough to be spared by small collections; and viewers that only listen make
/// no garbage that would bring about a large one.
/// </summary>
public sealed class GarbageAfterWaves(TimeProvider clock) : BackgroundService
{
    // Fewer leave less behind than a collection is worth.
    private const int ManyArrivals = 1_000;

    // A wave is over when few come: the collection stops everything for some 50 ms, which must not be while many wait.
    private const int FewArrivals = 50;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    // Left to itself the runtime waits until there are some 80 MB, among them the state of thousands who are just arriving, and
    // stops everything for 40 to 60 ms to look through that: in a storm one comment in fifty met such a pause. Collected
    // this often, there is so little each time that the others' p99 hardly shows it (27 to 35 ms, the storm figure in bench/).
    private const int ArrivalsACollection = 500;

    private int _arrivals;
    private int _sinceCollection;

    /// <summary>One more has come.</summary>
    public void Arrived()
    {
        Interlocked.Increment(ref _arrivals);
        if (Interlocked.Increment(ref _sinceCollection) % ArrivalsACollection == 0)
            // The older of the young as well: left over, they would add up to one long collection after some of these.
            GC.Collect(1, GCCollectionMode.Forced, blocking: true);
    }

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
