using System.Collections.Concurrent;

namespace LiveComments.ServiceDefaults.Degradation;

/// <summary>
/// Measures a process's load by what users feel of it: how late things are; and by its share of the processor, which tells it a little
/// earlier. Neither memory nor numbers of requests or viewers: what is too many of those depends on the machine.
/// </summary>
public sealed class LoadMeter(TimeProvider clock)
{
    private const string Queue = "work in the thread pool's queue";

    private readonly ConcurrentDictionary<string, DelayMeter> _delays = new(StringComparer.Ordinal);
    private TimeSpan _used = Environment.CpuUsage.TotalTime;
    private long _at = clock.GetTimestamp();
    private Probe? _probe;

    /// <summary>For who knows how late something is.</summary>
    public DelayMeter DelayOf(string name) => _delays.GetOrAdd(name, static name => new DelayMeter(name));

    /// <summary>What there was since this was last asked.</summary>
    public LoadSample Take()
    {
        var now = clock.GetTimestamp();
        var used = Environment.CpuUsage.TotalTime;
        // Of a container that may use a part of the machine, the runtime counts that part's cores.
        var there = clock.GetElapsedTime(_at, now) * Environment.ProcessorCount;
        var share = there > TimeSpan.Zero ? Math.Clamp((used - _used) / there, 0, 1) : 0;
        (_used, _at) = (used, now);
        var (longest, late) = (TakeQueueDelay(now), Queue);
        foreach (var meter in _delays.Values)
        {
            if (meter.TakeMean() is var delay && delay > longest)
                (longest, late) = (delay, meter.Name);
        }

        return new LoadSample(share, longest, late);
    }

    private TimeSpan TakeQueueDelay(long now)
    {
        var probe = _probe;
        // One that is still waiting has waited for so long at least.
        if (probe is { Waited: null })
            return clock.GetElapsedTime(probe.Queued, now);
        _probe = new Probe(clock, now);
        // Behind all that others have queued, as a request's work is.
        ThreadPool.UnsafeQueueUserWorkItem(_probe, preferLocal: false);
        return probe?.Waited ?? TimeSpan.Zero;
    }

    private sealed class Probe(TimeProvider clock, long queued) : IThreadPoolWorkItem
    {
        private long _waitedTicks = -1;

        public long Queued => queued;

        public TimeSpan? Waited => Volatile.Read(ref _waitedTicks) is >= 0 and var ticks ? TimeSpan.FromTicks(ticks) : null;

        public void Execute() => Volatile.Write(ref _waitedTicks, clock.GetElapsedTime(queued).Ticks);
    }
}
