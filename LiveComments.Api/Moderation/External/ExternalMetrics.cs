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
    private readonly Histogram<double> _duration;

    public ExternalMetrics(IMeterFactory meters) =>
        _duration = meters.Create("LiveComments.Api.Moderation").CreateHistogram<double>("livecomments.moderation.external.duration", "s", "How long the external moderator took, by how it ended.");

    public void Asked(string outcome, TimeSpan duration) => _duration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));
}
