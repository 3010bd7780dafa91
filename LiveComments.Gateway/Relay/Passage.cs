using System.Net.Sockets;

namespace LiveComments.Gateway.Relay;

/// <summary>
/// One stream on its way to one viewer, by whatever way it comes here. All of it belongs to its <see cref="RelayThread"/>, from
/// <see cref="RelayThread.Start"/> on.
/// </summary>
/// <param name="thread">Whose it is.</param>
/// <param name="to">The viewer's socket. The web server's, which writes nothing to it now, and closes it.</param>
abstract class Passage(RelayThread thread, Socket to)
{
    private readonly TaskCompletionSource<RelayEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RelayThread Thread => thread;

    public Socket To => to;

    // At hand, so that passing a frame on touches no more than it must.
    public SafeSocketHandle Viewer { get; } = to.SafeHandle;

    public RelayState State { get; set; }

    /// <summary>In ticks of the relay thread; when bytes were last passed on.</summary>
    public int ActiveTick { get; set; }

    /// <summary>Completes when the relay thread has let go of the viewer's socket.</summary>
    public Task<RelayEnd> EndedAsync => _ended.Task;

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

    /// <summary>The viewer takes no more at the moment.</summary>
    Blocked,

    Ended,
}

/// <summary>Why a passage ended.</summary>
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
