using System.Net.Sockets;
using LiveComments.Fanout.Rooms;

namespace LiveComments.Fanout.Transports.Direct;

/// <summary>
/// A viewer to whom a <see cref="WriterThread"/> writes. There are tens of thousands, so it holds little: the
/// socket and a place in the chain of frames. All of it belongs to its writer thread, from <see cref="DirectWriters.Add"/> on.
/// </summary>
abstract class DirectViewer(Frame at, SignedIn? who)
{
    /// <summary>It has no place in its slice, and an <see cref="At"/> of its own.</summary>
    public const int NoPlace = -1;

    /// <summary>Set once, before its writer thread knows it; not there for who is reached over something else.</summary>
    public Socket Socket { get; set; } = null!;

    /// <summary>The socket's, while it is held; else <see cref="DirectSend.NoDescriptor"/>.</summary>
    public int Descriptor { get; private set; } = DirectSend.NoDescriptor;

    /// <summary>Who it is; null for nobody in particular.</summary>
    public SignedIn? Who { get; } = who;

    /// <summary>
    /// The newest frame that was given to the socket, wholly or (when <see cref="State"/> says so) in part. Null while it
    /// has a place, which says the same: who held an old frame would hold all that came after it.
    /// </summary>
    public Frame? At { get; set; } = at;

    /// <summary>Where it stands; set once, before its writer thread knows it.</summary>
    public RoomSlice Slice { get; set; } = null!;

    /// <summary>Its place in the slice, among those who have got the same; or <see cref="NoPlace"/>.</summary>
    public int Place { get; set; } = NoPlace;

    public ViewerState State { get; set; }

    /// <summary>In ticks of the writer thread. Who has a place may have been sent something later: see <see cref="RoomSlice.LastSentTickOf"/>.</summary>
    public int LastSentTick { get; set; }

    /// <summary>In ticks of the writer thread; since when the socket takes no more.</summary>
    public int BlockedTick { get; set; }

    /// <summary>Why it closes as soon as the socket has taken what it was given.</summary>
    public CloseReason? Ending { get; set; }

    /// <summary>
    /// Keeps the socket's descriptor open until <see cref="Close"/>, so that its number can't become another's meanwhile.
    /// Only for a socket that nobody else disposes of: disposing would wait for us.
    /// </summary>
    protected void HoldDescriptor()
    {
        var held = false;
        Socket.SafeHandle.DangerousAddRef(ref held);
        Descriptor = (int)Socket.SafeHandle.DangerousGetHandle();
    }

    /// <summary>Called once, by the writer thread, before anything else. False when the viewer has to be closed at once.</summary>
    public virtual bool TryBegin() => true;

    /// <summary>How many of the bytes from there on were taken.</summary>
    public virtual int Send(byte[] bytes, int from, out SocketError error) => Socket.Send(bytes.AsSpan(from), SocketFlags.None, out error);

    /// <summary>
    /// True when the viewer looks by itself after what wasn't taken, and says so to <see cref="WriterThread.OnWritable"/>; else it is sent by the
    /// socket's own asynchronous method.
    /// </summary>
    public virtual bool Keeps(byte[] bytes, int from) => false;

    /// <inheritdoc cref="OnClosed"/>
    public void Close(CloseReason reason, bool whole)
    {
        if (Descriptor != DirectSend.NoDescriptor)
        {
            Descriptor = DirectSend.NoDescriptor;
            Socket.SafeHandle.DangerousRelease();
        }

        OnClosed(reason, whole);
    }

    /// <summary>Called once, by the writer thread, which touches the socket no more.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="whole">True when the last frame was sent to its end, so that the body can be ended properly.</param>
    protected abstract void OnClosed(CloseReason reason, bool whole);
}

enum ViewerState : byte
{
    /// <summary>The socket took everything so far.</summary>
    Ready,

    /// <summary>The socket's buffer is full: the rest of a frame waits until it takes more.</summary>
    Blocked,

    Closed,
}
