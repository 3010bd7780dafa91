namespace Aspire.Hosting.Dashboard.Telemetry;

/// <summary>A line of a chart: what it is of, and its newest points (milliseconds since 1970, value).</summary>
internal sealed record ChartLine(string Label, IReadOnlyList<(long Time, double Value)> Points);

internal sealed record Chart(string Meter, string Name, string Unit, string Description, MetricKind Kind, IReadOnlyList<ChartLine> Lines);

/// <summary>What each instrument of each resource said within the last minutes, ready to be drawn. Thread-safe and bounded.</summary>
internal sealed class MetricStore(TimeProvider time)
{
    // A service of ours has some sixty; a program that makes names up must not take our memory.
    private const int MostInstruments = 300;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Dictionary<string, ChartedInstrument>> _resources = new(StringComparer.Ordinal);

    public void Add(List<MetricData> metrics)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        lock (_lock)
        {
            foreach (var metric in metrics)
            {
                if (!_resources.TryGetValue(metric.Resource, out var instruments))
                    _resources[metric.Resource] = instruments = new(StringComparer.Ordinal);
                if (!instruments.TryGetValue(metric.Name, out var instrument))
                {
                    if (instruments.Count == MostInstruments)
                        continue;
                    instruments[metric.Name] = instrument = new(metric);
                }

                instrument.Add(metric, now);
            }
        }
    }

    /// <summary>Charts of a resource with their points after a time; a program's own meters come before those of its platform.</summary>
    public IReadOnlyList<Chart> Read(string resource, long after)
    {
        lock (_lock)
        {
            return !_resources.TryGetValue(resource, out var instruments) ? [] :
                [.. instruments.Values.Select(instrument => instrument.Read(after)).OrderBy(chart => IsPlatform(chart.Meter)).ThenBy(chart => chart.Meter, StringComparer.Ordinal).ThenBy(chart => chart.Name, StringComparer.Ordinal)];
        }
    }

    private static bool IsPlatform(string meter) => meter.StartsWith("System.", StringComparison.Ordinal) || meter.StartsWith("Microsoft.", StringComparison.Ordinal);
}
