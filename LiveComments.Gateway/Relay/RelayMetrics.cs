using System.Diagnostics.Metrics;

namespace LiveComments.Gateway.Relay;

/// <summary>How many streams are relayed, and why they ended.</summary>
sealed class RelayMetrics
{
    public const string MeterName = "LiveComments.Gateway.Relay";

    private readonly UpDownCounter<long> _streams;
    private readonly Counter<long> _ended;

    public RelayMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _streams = meter.CreateUpDownCounter<long>("livecomments.relay.streams", "{stream}", "Event streams that are passed on byte by byte.");
        _ended = meter.CreateCounter<long>("livecomments.relay.ended", "{stream}", "Event streams that were passed on byte by byte, and ended.");
    }

    public void Started() => _streams.Add(1);

    public void Ended(RelayEnd end)
    {
        _streams.Add(-1);
        _ended.Add(1, new KeyValuePair<string, object?>("reason", Name(end)));
    }

    private static string Name(RelayEnd end) => end switch
    {
        RelayEnd.NodeEnded => "node_ended",
        RelayEnd.NodeBroke => "node_broke",
        RelayEnd.ViewerLeft => "viewer_left",
        RelayEnd.Silent => "silent",
        RelayEnd.Shutdown => "shutdown",
        _ => "unknown",
    };
}
