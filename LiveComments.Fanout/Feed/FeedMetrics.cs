using System.Diagnostics.Metrics;
using LiveComments.ServiceDefaults.ServiceLevels;

namespace LiveComments.Fanout.Feed;

/// <summary>What the way from the log to the rooms counts.</summary>
sealed class FeedMetrics
{
    public const string MeterName = "LiveComments.Fanout.Feed";

    private readonly StreamLevels _levels;
    private readonly Counter<long> _repaired;
    private readonly Counter<long> _lost;

    public FeedMetrics(IMeterFactory meters, StreamLevels levels)
    {
        _levels = levels;
        var meter = meters.Create(MeterName);
        _repaired = meter.CreateCounter<long>("livecomments.room.gap.repaired", "{entry}", "Entries that core NATS did not deliver and that were read from the log instead.");
        _lost = meter.CreateCounter<long>("livecomments.room.gap.lost", "{gap}", "Holes that the log itself could no longer fill.");
    }

    public void Repaired(string streamId, int entries)
    {
        if (entries == 0)
            return;
        _repaired.Add(entries);
        _levels.Repaired(streamId, entries);
    }

    public void Lost() => _lost.Add(1);
}
