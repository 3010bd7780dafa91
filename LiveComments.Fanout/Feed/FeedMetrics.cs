using System.Diagnostics.Metrics;
using LiveComments.ServiceDefaults.ServiceLevels;

namespace LiveComments.Fanout.Feed;

/// <summary>What the way from the log to the rooms counts.</summary>
sealed class FeedMetrics
{
    public const string MeterName = "LiveComments.Fanout.Feed";

    private readonly StreamLevels _levels;
    private long _repaired;
    private long _lost;

    public FeedMetrics(IMeterFactory meters, StreamLevels levels)
    {
        _levels = levels;
        var meter = meters.Create(MeterName);
        // Observed, so that they are there from the start: an alert on what was never told sees nothing.
        meter.CreateObservableCounter("livecomments.room.gap.repaired", () => Volatile.Read(ref _repaired), "{entry}", "Entries that core NATS did not deliver and that were read from the log instead.");
        meter.CreateObservableCounter("livecomments.room.gap.lost", () => Volatile.Read(ref _lost), "{gap}", "Holes that the log itself could no longer fill.");
    }

    public void Repaired(string streamId, int entries)
    {
        if (entries == 0)
            return;
        Interlocked.Add(ref _repaired, entries);
        _levels.Repaired(streamId, entries);
    }

    public void Lost() => Interlocked.Increment(ref _lost);
}
