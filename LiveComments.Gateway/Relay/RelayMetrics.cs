using System.Diagnostics.Metrics;

namespace LiveComments.Gateway.Relay;

/// <summary>How many streams are relayed, and why they ended.</summary>
sealed class RelayMetrics
{
    public const string MeterName = "LiveComments.Gateway.Relay";

    private readonly UpDownCounter<long> _streams;
    private readonly UpDownCounter<long> _trunks;
    private readonly Counter<long> _ended;

    public RelayMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _streams = meter.CreateUpDownCounter<long>("livecomments.relay.streams", "{stream}", "Event streams that are passed on byte by byte.");
        _trunks = meter.CreateUpDownCounter<long>("livecomments.trunks", "{trunk}", "Connections to nodes over each of which the streams of many viewers come.");
        _ended = meter.CreateCounter<long>("livecomments.relay.ended", "{stream}", "Event streams that were passed on byte by byte, and ended.");
    }

    /// <param name="way">How its bytes come here.</param>
    public void Started(RelayWay way) => _streams.Add(1, Tag(way));

    public void Ended(RelayWay way, RelayEnd end)
    {
        _streams.Add(-1, Tag(way));
        _ended.Add(1, new KeyValuePair<string, object?>("reason", Name(end)));
    }

    public void TrunkOpened() => _trunks.Add(1);

    public void TrunkClosed() => _trunks.Add(-1);

    private static KeyValuePair<string, object?> Tag(RelayWay way) => new("way", way == RelayWay.Trunk ? "trunk" : "connection");

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

/// <summary>How a stream's bytes come from its node.</summary>
enum RelayWay
{
    /// <summary>By a connection of its own.</summary>
    Connection,

    /// <summary>With those of many others.</summary>
    Trunk,
}
