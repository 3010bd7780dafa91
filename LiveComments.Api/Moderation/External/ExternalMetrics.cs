using System.Diagnostics.Metrics;

namespace LiveComments.Api.Moderation.External;

/// <summary>How asking the external moderator ends.</summary>
static class ExternalOutcome
{
    public const string Answered = "answered";
    public const string Remembered = "remembered";
    public const string Timeout = "timeout";
    public const string Status = "status";
    public const string Garbage = "garbage";
    public const string Unreachable = "unreachable";
    public const string CircuitOpen = "circuit_open";
    public const string TooMany = "too_many";
}

/// <summary>How often and how long the external moderator is asked.</summary>
sealed class ExternalMetrics
{
    // Asked over a network, and given up after a second or so.
    private static readonly double[] Seconds = [0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 5];

    private readonly Histogram<double> _duration;

    public ExternalMetrics(IMeterFactory meters) =>
        _duration = meters.Create("LiveComments.Api.Moderation").CreateHistogram(
            "livecomments.moderation.external.duration", "s", "How long the external moderator took, by how it ended.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });

    public void Asked(string outcome, TimeSpan duration) => _duration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));
}
