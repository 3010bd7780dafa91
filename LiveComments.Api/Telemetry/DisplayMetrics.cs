using System.Diagnostics.Metrics;

namespace LiveComments.Api.Telemetry;

/// <summary>What pages tell of the comments that they painted.</summary>
sealed class DisplayMetrics
{
    public const string MeterName = "LiveComments.Api.Telemetry";

    // From a frame of the screen to what a viewer calls broken.
    private static readonly double[] Seconds = [0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 15, 60];

    private readonly Histogram<double> _latency;

    public DisplayMetrics(IMeterFactory meters) => _latency = meters.Create(MeterName).CreateHistogram(
        "livecomments.display.latency", "s", "From a comment's arrival until a page had painted it, as a sample of the pages tells.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });

    public void Painted(string transport, IReadOnlyList<int> latenciesMs)
    {
        var tag = new KeyValuePair<string, object?>("transport", transport);
        foreach (var latencyMs in latenciesMs)
            _latency.Record(latencyMs / 1000.0, tag);
    }
}
