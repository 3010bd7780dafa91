using System.Diagnostics.Metrics;

namespace LiveComments.Api.Log;

/// <summary>What the keeping of the log counts.</summary>
sealed class LogMetrics
{
    private long _epochs;

    public LogMetrics(IMeterFactory meters) =>
        meters.Create("LiveComments.Api.Log").CreateObservableCounter("livecomments.log.epochs.begun", () => Volatile.Read(ref _epochs), "{epoch}", "Times this process found that the log went backwards, and began an epoch.");

    public void EpochBegun() => Interlocked.Increment(ref _epochs);
}
