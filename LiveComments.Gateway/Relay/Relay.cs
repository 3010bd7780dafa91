using System.Net.Sockets;

namespace LiveComments.Gateway.Relay;

/// <summary>
/// One node's bytes on their way to one viewer. All of it belongs to its <see cref="RelayThread"/>, from
/// <see cref="RelayThread.Start"/> on.
/// </summary>
/// <param name="from">Taken from the HTTP client; closed by the relay thread.</param>
/// <param name="to">The viewer's socket. The web server's, which writes nothing to it now, and closes it.</param>
/// <param name="received">What is to be passed on first.</param>
sealed class Relay(NodeConnection from, Socket to, ReadOnlyMemory<byte> received)
{
    private readonly TaskCompletionSource<RelayEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public NodeConnection From => from;

    public Socket To => to;

    // At hand, so that passing a frame on touches no more than it must.
    public SafeSocketHandle Node { get; } = from.Socket.SafeHandle;

    public SafeSocketHandle Viewer { get; } = to.SafeHandle;

    /// <summary>Everything that the node's socket was ever said to be ready for.</summary>
    public Readiness Seen { get; set; }

    public ReadOnlyMemory<byte> Received { get; private set; } = received;

    public RelayState State { get; set; }

    /// <summary>In ticks of the relay thread; when bytes were last passed on.</summary>
    public int ActiveTick { get; set; }

    /// <summary>Completes when the relay thread has let go of both sockets, and has closed the node's.</summary>
    public Task<RelayEnd> EndedAsync => _ended.Task;

    public ReadOnlyMemory<byte> TakeReceived()
    {
        var first = Received;
        Received = default;
        return first;
    }

    public void End(RelayEnd end)
    {
        State = RelayState.Ended;
        _ended.SetResult(end);
    }
}

enum RelayState : byte
{
    /// <summary>The viewer took everything so far.</summary>
    Passing,

    /// <summary>The viewer takes no more at the moment; until it does, nothing is read from the node, which so finds out.</summary>
    Blocked,

    Ended,
}

/// <summary>Why a relay ended.</summary>
enum RelayEnd
{
    /// <summary>The node said all it had to say; the viewer has got that, too.</summary>
    NodeEnded,

    /// <summary>The connection to the node broke: it died, or closed a viewer that doesn't read.</summary>
    NodeBroke,

    ViewerLeft,

    /// <summary>Not even a heartbeat came for too long, or the viewer took nothing for that long.</summary>
    Silent,

    /// <summary>This gateway stops.</summary>
    Shutdown,
}
