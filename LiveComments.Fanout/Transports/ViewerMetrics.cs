using System.Diagnostics.Metrics;

namespace LiveComments.Fanout.Transports;

/// <summary>How many watch, and why they went.</summary>
sealed class ViewerMetrics
{
    public const string MeterName = "LiveComments.Fanout.Viewers";

    private readonly UpDownCounter<long> _connections;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _refused;
    private long _open;
    private TaskCompletionSource? _empty;

    public ViewerMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _connections = meter.CreateUpDownCounter<long>("livecomments.connections", "{connection}", "Open live connections.");
        _closed = meter.CreateCounter<long>("livecomments.viewers.closed", "{viewer}", "Live connections that ended.");
        _refused = meter.CreateCounter<long>("livecomments.viewers.refused", "{viewer}", "Viewers who were not let in.");
    }

    /// <summary>Viewers at this moment, over all transports.</summary>
    public long Open => Volatile.Read(ref _open);

    /// <summary>Completes when the last viewer has gone; asked once, when no more are let in.</summary>
    public Task WhenNobodyIsLeft()
    {
        var empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _empty, empty);
        if (Open == 0)
            empty.TrySetResult();
        return empty.Task;
    }

    public void Opened(string transport)
    {
        Interlocked.Increment(ref _open);
        _connections.Add(1, new KeyValuePair<string, object?>("transport", transport));
    }

    public void Closed(string transport, CloseReason reason)
    {
        if (Interlocked.Decrement(ref _open) == 0)
            Volatile.Read(ref _empty)?.TrySetResult();
        _connections.Add(-1, new KeyValuePair<string, object?>("transport", transport));
        _closed.Add(1, new("transport", transport), new("reason", Name(reason)));
    }

    /// <param name="limit">Why: <c>address</c>, <c>user</c> (too many already), <c>stopping</c>, <c>connections</c>, <c>files</c>.</param>
    public void Refused(string limit) => _refused.Add(1, new KeyValuePair<string, object?>("limit", limit));

    private static string Name(CloseReason reason) => reason switch
    {
        CloseReason.Left => "left",
        CloseReason.TooSlow => "too_slow",
        CloseReason.RoomClosed => "room_closed",
        CloseReason.Shutdown => "shutdown",
        CloseReason.Expired => "expired",
        CloseReason.Banned => "banned",
        CloseReason.Answered => "answered",
        CloseReason.InvalidMessages => "invalid_messages",
        CloseReason.MessageTooBig => "message_too_big",
        _ => "unknown",
    };
}

/// <summary>Why a live connection ended.</summary>
enum CloseReason
{
    /// <summary>The viewer went away.</summary>
    Left,

    /// <summary>It did not read fast enough; it may come back and resume.</summary>
    TooSlow,

    /// <summary>The room could not go on; the viewer may come back.</summary>
    RoomClosed,

    /// <summary>This node stops; the viewer finds another.</summary>
    Shutdown,

    /// <summary>Its token is no longer good; it needs a new one.</summary>
    Expired,

    /// <summary>The user was banned.</summary>
    Banned,

    /// <summary>A long poll got its answer; the next is another connection.</summary>
    Answered,

    /// <summary>The client sent what is none of the protocol, again and again.</summary>
    InvalidMessages,

    /// <summary>The client sent a message beyond all measure.</summary>
    MessageTooBig,
}
