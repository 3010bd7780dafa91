namespace LiveComments.ServiceDefaults.ServiceLevels;

/// <summary>
/// Buckets from a millisecond to a minute, each 9 % wider than the one before. They are the same in all processes, so
/// histograms are added up bucket by bucket, and nothing is lost by that.
/// </summary>
public static class LatencyBuckets
{
    // Eight to a doubling: 2^(127/8) ms is a minute.
    private const int PerDoubling = 8;

    /// <summary>The last one is for everything from a minute on.</summary>
    public const int Count = 128;

    public static int Of(TimeSpan latency) =>
        latency.TotalMilliseconds <= 1 ? 0 : Math.Min(Count - 1, (int)Math.Ceiling(Math.Log2(latency.TotalMilliseconds) * PerDoubling - 1e-9));

    /// <summary>What nothing in the bucket is longer than; in milliseconds.</summary>
    public static double UpperMs(int bucket) => Math.Round(Math.Pow(2, (double)bucket / PerDoubling), 1);

    /// <summary>What the given share of the values is not longer than, in milliseconds; null when there are none.</summary>
    public static double? Quantile(IReadOnlyList<long> counts, double share)
    {
        var total = counts.Sum();
        if (total == 0)
            return null;
        var rank = (long)Math.Ceiling(share * total);
        var seen = 0L;
        for (var bucket = 0; bucket < counts.Count; bucket++)
        {
            seen += counts[bucket];
            if (seen >= rank)
                return UpperMs(bucket);
        }

        throw new InvalidOperationException("The counts changed while they were read.");
    }
}
