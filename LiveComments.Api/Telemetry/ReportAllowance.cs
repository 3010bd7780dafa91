namespace LiveComments.Api.Telemetry;

/// <summary>How many reports this process reads: anybody may send one, and none is worth more than the comments beside it.</summary>
sealed class ReportAllowance(TimeProvider clock)
{
    // A page in twenty reports every 15 s, so this is the share of 60,000 viewers; of more, the figure needs no more.
    public const int PerSecond = 200;

    private long _second;
    private int _taken;

    public bool TryTake()
    {
        var second = clock.GetUtcNow().ToUnixTimeSeconds();
        // A race at the turn of a second lets a few more in, or fewer: it is a bound, no account.
        if (Interlocked.Exchange(ref _second, second) != second)
            Volatile.Write(ref _taken, 0);
        return Interlocked.Increment(ref _taken) <= PerSecond;
    }
}
