namespace LiveComments.Bench.WritePath.Load;

/// <summary>What the generator does.</summary>
/// <param name="Rate">Arrivals a second, by a Poisson process; null saturates: each connection posts again as soon as it has its answer.</param>
/// <param name="WarmUp">Posts in this time count for nothing but correctness.</param>
/// <param name="Measured">How long is measured, after the warm-up.</param>
/// <param name="Connections">Keep-alive connections, each with one request at a time.</param>
/// <param name="Ports">Loopback ports of the servers, used in turn.</param>
/// <param name="Seed">Of the arrival times.</param>
sealed record LoadPlan(int? Rate, TimeSpan WarmUp, TimeSpan Measured, int Connections, IReadOnlyList<int> Ports, int Seed)
{
    private const int HighRate = 5_000;
    private static readonly TimeSpan HalfAMillisecond = TimeSpan.FromMicroseconds(500);

    /// <summary>How long the generator rests between two looks at arrivals and answers; null: it wakes for each.</summary>
    public TimeSpan? Turn => Rate >= HighRate ? HalfAMillisecond : null;
}

/// <summary>What came of it.</summary>
/// <param name="Latencies">Microseconds from the scheduled moment to the whole answer, of accepted posts that were scheduled within the measured time; sorted.</param>
/// <param name="AcknowledgedInWindow">Accepted posts whose answer came within the measured time.</param>
/// <param name="AcknowledgedInAll">Accepted posts, with warm-up and drain.</param>
/// <param name="SentInAll">Requests that went out, with warm-up.</param>
/// <param name="Errors">Whatever was not accepted, over the whole run, by code.</param>
/// <param name="LongestBacklog">Most arrivals that waited for a free connection at once.</param>
/// <param name="Window">How long the measured time really was.</param>
/// <param name="P95BySecond">Of the posts that were scheduled in each second of the measured time: microseconds.</param>
sealed record LoadResult(
    int[] Latencies, long AcknowledgedInWindow, long AcknowledgedInAll, long SentInAll, IReadOnlyDictionary<string, long> Errors, int LongestBacklog, TimeSpan Window,
    IReadOnlyList<int> P95BySecond)
{
    /// <summary>Milliseconds below which this share of the latencies lies.</summary>
    public double Percentile(double share) =>
        Latencies.Length == 0 ? 0 : Latencies[Math.Min(Latencies.Length - 1, (int)Math.Ceiling(share * Latencies.Length) - 1)] / 1000.0;

    /// <summary>The 95th percentile; sorts the list.</summary>
    public static int P95(List<int> latencies)
    {
        latencies.Sort();
        return latencies.Count == 0 ? 0 : latencies[(int)Math.Ceiling(0.95 * latencies.Count) - 1];
    }

    public double Slowest => Latencies.Length == 0 ? 0 : Latencies[^1] / 1000.0;

    public double AcknowledgedPerSecond => AcknowledgedInWindow / Window.TotalSeconds;
}
