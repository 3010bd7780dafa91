using System.Diagnostics.Metrics;

namespace LiveComments.ServiceDefaults.Degradation;

/// <summary>The level, what it was decided by, and how often it changed.</summary>
sealed class DegradationMetrics
{
    public const string MeterName = "LiveComments.Degradation";

    private readonly Counter<long> _changes;
    private LoadSample _last;

    public DegradationMetrics(IMeterFactory meters, DegradationState state)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge("livecomments.degradation.level", () => (int)state.Level, "{level}", "0 normal, 1 busy, 2 strained, 3 shedding.");
        meter.CreateObservableGauge("livecomments.degradation.processor", () => _last.Processor, "1", "The process's share of the processor time that there was, as the level was last decided by.");
        meter.CreateObservableGauge("livecomments.degradation.delay", () => _last.Delay.TotalSeconds, "s", "How late the latest of what users wait for was, as the level was last decided by.");
        _changes = meter.CreateCounter<long>("livecomments.degradation.changes", "{change}", "Changes of the degradation level, by the level that was entered.");
    }

    public void Measured(LoadSample sample) => _last = sample;

    public void Changed(DegradationLevel level) => _changes.Add(1, new KeyValuePair<string, object?>("level", level.ToString()));
}
