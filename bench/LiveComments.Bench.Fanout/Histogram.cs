using System.Numerics;

namespace LiveComments.Bench.Fanout;

/// <summary>
/// Counts durations in microseconds, exact to 1.6 %, in a fixed 15 KB: processes send theirs to be added up, and
/// percentiles are those of all deliveries, not averages of percentiles.
/// </summary>
sealed class Histogram
{
    // Below 2^7 each value has its own bucket; above, each power of two has 64.
    private const int ExactBits = 7;
    private const int BucketsPerPower = 1 << (ExactBits - 1);

    // 2^36 µs is 19 hours.
    private const int MaxBits = 36;
    private const int BucketCount = (1 << ExactBits) + ((MaxBits - ExactBits) * BucketsPerPower);

    private readonly long[] _counts = new long[BucketCount];

    public long Count { get; private set; }

    public void Add(long microseconds, long times = 1)
    {
        _counts[IndexOf(Math.Clamp(microseconds, 0, (1L << MaxBits) - 1))] += times;
        Count += times;
    }

    public void Add(Histogram other)
    {
        for (var index = 0; index < BucketCount; index++)
            _counts[index] += other._counts[index];
        Count += other.Count;
    }

    /// <summary>Milliseconds below or at which this share lies; 0 when nothing was counted.</summary>
    public double Percentile(double share)
    {
        var wanted = (long)Math.Ceiling(share * Count);
        long passed = 0;
        for (var index = 0; index < BucketCount; index++)
        {
            passed += _counts[index];
            if (_counts[index] > 0 && passed >= wanted)
                return LeastOf(index) / 1000.0;
        }

        return 0;
    }

    /// <summary>Pairs of a bucket's least value and its count, for those that have any.</summary>
    public long[] ToPairs() => [.. Enumerable.Range(0, BucketCount).Where(index => _counts[index] > 0).SelectMany(index => new[] { LeastOf(index), _counts[index] })];

    public static Histogram FromPairs(long[] pairs)
    {
        var histogram = new Histogram();
        for (var index = 0; index < pairs.Length; index += 2)
            histogram.Add(pairs[index], pairs[index + 1]);
        return histogram;
    }

    private static int IndexOf(long value)
    {
        if (value < 1 << ExactBits)
            return (int)value;
        var shift = BitOperations.Log2((ulong)value) - (ExactBits - 1);
        return (1 << ExactBits) + ((shift - 1) * BucketsPerPower) + (int)(value >> shift) - BucketsPerPower;
    }

    private static long LeastOf(int index)
    {
        if (index < 1 << ExactBits)
            return index;
        var above = index - (1 << ExactBits);
        return (long)(BucketsPerPower + (above % BucketsPerPower)) << ((above / BucketsPerPower) + 1);
    }
}
