using System.Diagnostics.Metrics;

namespace LiveComments.Fanout.Transports.Trunks;

/// <summary>How many trunks lead here, and how many viewers are reached over them.</summary>
sealed class TrunkMetrics
{
    public const string MeterName = "LiveComments.Fanout.Trunks";

    private readonly UpDownCounter<long> _trunks;
    private readonly UpDownCounter<long> _viewers;

    public TrunkMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _trunks = meter.CreateUpDownCounter<long>("livecomments.trunks", "{trunk}", "Connections over each of which many viewers of a gateway are reached.");
        _viewers = meter.CreateUpDownCounter<long>("livecomments.trunk.viewers", "{viewer}", "Viewers who are reached over trunks.");
    }

    public void Opened() => _trunks.Add(1);

    public void Closed() => _trunks.Add(-1);

    public void Arrived() => _viewers.Add(1);

    public void Left() => _viewers.Add(-1);
}
