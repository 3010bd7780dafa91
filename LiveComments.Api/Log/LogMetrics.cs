using System.Diagnostics.Metrics;

namespace LiveComments.Api.Log;

/// <summary>What the keeping of the log counts.</summary>
sealed class LogMetrics
{
    private long _epochs;
    private long _missing;

    public LogMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("LiveComments.Api.Log");
        meter.CreateObservableCounter("livecomments.log.epochs.begun", () => Volatile.Read(ref _epochs), "{epoch}", "Times this process found that the log went backwards, and began an epoch.");
        meter.CreateObservableGauge("livecomments.log.missing", () => Volatile.Read(ref _missing), "{entry}", "Entries that are missing amid the log, and what is left of older ones.");
    }

    public void EpochBegun() => Interlocked.Increment(ref _epochs);

    public void Missing(ulong entries) => Volatile.Write(ref _missing, (long)entries);
}
