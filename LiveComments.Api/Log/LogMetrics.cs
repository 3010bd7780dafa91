using System.Diagnostics.Metrics;

namespace LiveComments.Api.Log;

/// <summary>What the keeping of the log counts.</summary>
sealed class LogMetrics
{
    private readonly Counter<long> _epochs;

    public LogMetrics(IMeterFactory meters) =>
        _epochs = meters.Create("LiveComments.Api.Log").CreateCounter<long>("livecomments.log.epochs.begun", "{epoch}", "Times this process found that the log went backwards, and began an epoch.");

    public void EpochBegun() => _epochs.Add(1);
}
