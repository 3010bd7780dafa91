namespace LiveComments.ServiceDefaults.Degradation;

/// <summary>How late something is that users wait for: the mean since it was last asked. Costs two additions a measurement.</summary>
public sealed class DelayMeter(string name)
{
    private long _ticks;
    private long _count;

    /// <summary>What it is, as in "the delay of …".</summary>
    public string Name => name;

    public void Note(TimeSpan delay)
    {
        Interlocked.Add(ref _ticks, delay.Ticks);
        Interlocked.Increment(ref _count);
    }

    /// <summary>Zero when nothing was noted. What is noted in this very moment may count in part: no more than one measurement among many.</summary>
    public TimeSpan TakeMean()
    {
        var count = Interlocked.Exchange(ref _count, 0);
        var ticks = Interlocked.Exchange(ref _ticks, 0);
        return count == 0 ? TimeSpan.Zero : TimeSpan.FromTicks(ticks / count);
    }
}
