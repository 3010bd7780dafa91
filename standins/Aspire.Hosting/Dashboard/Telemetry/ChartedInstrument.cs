namespace Aspire.Hosting.Dashboard.Telemetry;

/// <summary>
/// One instrument as lines: a counter as its rate a second, a histogram as its percentiles since the last time, anything else
/// as it is. Not thread-safe.
/// </summary>
internal sealed class ChartedInstrument(MetricData first)
{
    // Five minutes at Aspire's pace in Development, an export a second.
    private const int KeptPoints = 300;
    // More lines than colours can be told apart; the rest is one line.
    private const int MostLines = 7;
    // Whose last values are remembered, to tell what was added since.
    private const int MostSeries = 500;
    private const string Rest = "others";
    private static readonly double[] Percentiles = [0.5, 0.95, 0.99];

    private readonly Dictionary<string, Queue<(long Time, double Value)>> _lines = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _lastValues = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ulong[]> _lastBuckets = new(StringComparer.Ordinal);
    private long _last;

    public void Add(MetricData metric, long now)
    {
        // What a process had counted before it was first heard of did not happen just now: no rate can be told yet.
        var seconds = _last == 0 ? 0 : (now - _last) / 1000.0;
        _last = now;
        if (metric.Kind == MetricKind.Histogram)
            AddPercentiles(metric, now);
        else
            AddValues(metric, now, seconds);
    }

    public Chart Read(long after) => new(first.Meter, first.Name, first.Unit, first.Description, first.Kind,
        [.. _lines.Select(line => new ChartLine(line.Key, [.. line.Value.Where(point => point.Time > after)]))]);

    private void AddValues(MetricData metric, long now, double seconds)
    {
        var sums = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var point in metric.Points)
        {
            var value = point.Value;
            if (metric.Kind == MetricKind.Counter)
            {
                var added = metric.IsDelta ? value : Added(point.Attributes, value);
                if (seconds <= 0)
                    continue;
                value = added / seconds;
            }

            var label = _lines.ContainsKey(point.Attributes) || _lines.Count < MostLines ? point.Attributes : Rest;
            sums[label] = sums.GetValueOrDefault(label) + value;
            _lines.TryAdd(label, new());
        }

        foreach (var (label, value) in sums)
            Draw(label, now, value);
    }

    private double Added(string series, double value)
    {
        var known = _lastValues.TryGetValue(series, out var last);
        if (known || _lastValues.Count < MostSeries)
            _lastValues[series] = value;
        // Not there before, or less than before: the process was restarted and counts anew.
        return known && value >= last ? value - last : value;
    }

    private void AddPercentiles(MetricData metric, long now)
    {
        double[] bounds = [];
        ulong[] added = [];
        foreach (var point in metric.Points.Where(point => point.Buckets.Length == point.Bounds.Length + 1 && point.Bounds.Length > 0))
        {
            var since = (ulong[])point.Buckets.Clone();
            if (!metric.IsDelta)
            {
                if (_lastBuckets.TryGetValue(point.Attributes, out var last) && last.Length == since.Length && last.Zip(since).All(pair => pair.First <= pair.Second))
                {
                    for (var bucket = 0; bucket < since.Length; bucket++)
                        since[bucket] -= last[bucket];
                }

                if (_lastBuckets.ContainsKey(point.Attributes) || _lastBuckets.Count < MostSeries)
                    _lastBuckets[point.Attributes] = point.Buckets;
            }

            // Views may give series of one instrument different bounds; those of the first are drawn.
            if (added.Length == 0)
                (bounds, added) = (point.Bounds, since);
            else if (point.Bounds.AsSpan().SequenceEqual(bounds))
                added = [.. added.Zip(since, (one, other) => one + other)];
        }

        if (added.Length == 0 || added.All(count => count == 0))
            return;
        foreach (var percentile in Percentiles)
            Draw($"p{percentile * 100:0}", now, Quantile(added, bounds, percentile));
    }

    /// <summary>Within a bucket values are taken to lie evenly; beyond the last bound that bound is all that is known.</summary>
    private static double Quantile(ulong[] buckets, double[] bounds, double quantile)
    {
        var wanted = quantile * buckets.Sum(count => (double)count);
        var below = 0.0;
        for (var bucket = 0; bucket < bounds.Length; bucket++)
        {
            if (below + buckets[bucket] >= wanted && buckets[bucket] > 0)
            {
                var from = bucket == 0 ? Math.Min(0, bounds[0]) : bounds[bucket - 1];
                return from + ((bounds[bucket] - from) * (wanted - below) / buckets[bucket]);
            }

            below += buckets[bucket];
        }

        return bounds[^1];
    }

    private void Draw(string label, long now, double value)
    {
        if (!_lines.TryGetValue(label, out var points))
            _lines[label] = points = new();
        points.Enqueue((now, value));
        if (points.Count > KeptPoints)
            points.Dequeue();
    }
}
