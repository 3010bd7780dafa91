using System.Diagnostics.Metrics;

namespace LiveComments.Api.Moderation;

/// <summary>What becomes of comments, and how long it takes to find out.</summary>
sealed class ModerationMetrics
{
    // Rules are looked up within a tenth of a millisecond; hostile text takes the longest.
    private static readonly double[] Seconds = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5];

    private readonly Counter<long> _judged;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _acts;
    private readonly Counter<long> _reports;

    public ModerationMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("LiveComments.Api.Moderation");
        _judged = meter.CreateCounter<long>("livecomments.moderation.judged", "{comment}", "Comments looked at before they are shown, by what became of them and why.");
        _duration = meter.CreateHistogram(
            "livecomments.moderation.duration", "s", "How long it took to look at a comment.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
        _acts = meter.CreateCounter<long>("livecomments.moderation.acts", "{act}", "What moderators did, by kind.");
        _reports = meter.CreateCounter<long>("livecomments.moderation.reports", "{report}", "Comments that viewers reported, by reason.");
    }

    public void Judged(Verdict verdict, TimeSpan duration)
    {
        _judged.Add(1, new KeyValuePair<string, object?>("action", ModerationActionNames.Of(verdict.Action)), new KeyValuePair<string, object?>("reason", verdict.Reason));
        _duration.Record(duration.TotalSeconds);
    }

    public void Acted(string kind) => _acts.Add(1, new KeyValuePair<string, object?>("kind", kind));

    public void Reported(string reason) => _reports.Add(1, new KeyValuePair<string, object?>("reason", reason));
}
