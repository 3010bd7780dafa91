using System.Net.Sockets;
using LiveComments.Fanout.Rooms;

namespace LiveComments.Fanout.Transports.Direct;

/// <summary>
/// A viewer whose socket a <see cref="WriterThread"/> writes to. There are tens of thousands, so it holds little: the
/// socket and a place in the chain of frames. All of it belongs to its writer thread, from <see cref="DirectWriters.Add"/> on.
/// </summary>
abstract class DirectViewer(Frame at)
{
    /// <summary>Set once, before its writer thread knows it.</summary>
    public Socket Socket { get; set; } = null!;

    /// <summary>The newest frame that was given to the socket, wholly or (when <see cref="State"/> says so) in part.</summary>
    public Frame At { get; set; } = at;

    /// <summary>Where it stands; set once, before its writer thread knows it.</summary>
    public RoomSlice Slice { get; set; } = null!;

    public ViewerState State { get; set; }

    /// <summary>In ticks of the writer thread.</summary>
    public int LastSentTick { get; set; }

    /// <summary>In ticks of the writer thread; since when the socket takes no more.</summary>
    public int BlockedTick { get; set; }

    /// <summary>Why it closes as soon as the socket has taken what it was given.</summary>
    public CloseReason? Ending { get; set; }

    /// <summary>Called once, by the writer thread, which touches the socket no more.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="whole">True when the last frame was sent to its end, so that the body can be ended properly.</param>
    public abstract void OnClosed(CloseReason reason, bool whole);
}

enum ViewerState : byte
{
    /// <summary>The socket took everything so far.</summary>
    Ready,

    /// <summary>The socket's buffer is full: the rest of a frame waits until it takes more.</summary>
    Blocked,

    Closed,
}
