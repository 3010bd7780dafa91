using System.Net.Sockets;
using LiveComments.Fanout.Rooms;
using LiveComments.Fanout.Transports.Direct;
using LiveComments.ServiceDefaults.Trunks;

namespace LiveComments.Fanout.Transports.Trunks;

/// <summary>A viewer who is reached over a trunk: it has no socket here, but a credit of bytes.</summary>
sealed class TrunkViewer(DetachedViewers shared, Trunk trunk, uint number, IDisposable stay, Frame at, SignedIn? who) : DirectViewer(at, who)
{
    private byte[]? _rest;
    private int _restFrom;

    public uint Number => number;

    /// <summary>Bytes that may be sent; none before the gateway is ready for them.</summary>
    public int Credit { get; private set; }

    /// <summary>False when it would be more than there ever is.</summary>
    public bool TryCredit(int amount)
    {
        if (Credit + amount > TrunkProtocol.Window)
            return false;
        Credit += amount;
        return true;
    }

    public override bool TryBegin() => trunk.TryEnter(this);

    public override int Send(byte[] bytes, int from, out SocketError error)
    {
        var taken = trunk.Take(this, bytes, from);
        Credit -= taken;
        error = from + taken == bytes.Length ? SocketError.Success : SocketError.WouldBlock;
        return taken;
    }

    public override bool Keeps(byte[] bytes, int from)
    {
        (_rest, _restFrom) = (bytes, from);
        return true;
    }

    /// <summary>True when nothing is left.</summary>
    public bool TrySendRest()
    {
        if (_rest is null)
            return false;
        _restFrom += Send(_rest, _restFrom, out _);
        if (_restFrom < _rest.Length)
            return false;
        _rest = null;
        return true;
    }

    protected override void OnClosed(CloseReason reason, bool whole)
    {
        _rest = null;
        trunk.Leave(this, reason, whole);
        shared.Cap.Release();
        shared.Metrics.Closed(SseViewer.Transport, reason);
        stay.Dispose();
    }
}
