using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace LiveComments.Gateway.Relay;

/// <summary>
/// Hot path. Linux's own way for one thread to wait for many sockets. The runtime has the same inside, but tells each event to
/// the thread pool; that hop costs as much as passing a frame on.
/// </summary>
/// <remarks>
/// Only sockets that the runtime never waited for belong here, or it would be woken for each of their events, too. Each is known
/// by an id that is never used again, so an event that was underway when its socket was closed is nobody's. A closed socket needs
/// no removal: the kernel forgets it.
/// </remarks>
sealed partial class Epoll : IDisposable
{
    /// <summary>Told at once at most; what is over comes with the next wait.</summary>
    private const int MaxEvents = 512;

    /// <summary>The id of <see cref="Wake"/>.</summary>
    private const long WakeId = 0;

    // <sys/epoll.h>, <sys/eventfd.h>. An event is { uint32 events; uint64 data }, on x86 without the gap between them.
    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int ControlAdd = 1;
    private const uint EdgeTriggered = 1u << 31;
    private static readonly bool Packed = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86;
    private static readonly int EventBytes = Packed ? 12 : 16;
    private static readonly int DataOffset = Packed ? 4 : 8;

    private readonly SafeFileHandle _handle = Checked(Create(CloseOnExec));
    private readonly SafeFileHandle _waker = Checked(CreateEvent(0, CloseOnExec | NonBlocking));
    private readonly byte[] _events = new byte[MaxEvents * EventBytes];

    /// <exception cref="Win32Exception">The system has no file left for it.</exception>
    public Epoll() => Control(_waker, Readiness.Readable, WakeId);

    /// <summary>
    /// Tells from now on, once each time, when something has come for the socket, it can take more, or its peer has gone.
    /// </summary>
    /// <param name="socket">Non-blocking.</param>
    /// <param name="id">Not 0.</param>
    public void Add(Socket socket, long id) => Control(socket.SafeHandle, Readiness.Readable | Readiness.Writable | Readiness.PeerClosed, id);

    /// <summary>The number of events, which <see cref="Event"/> tells one by one. 0 when it was woken, or didn't wait.</summary>
    public int Wait(bool forEver)
    {
        var count = Wait(_handle, ref _events[0], MaxEvents, forEver ? -1 : 0);
        // A signal's handler has run on this thread.
        return Math.Max(count, 0);
    }

    /// <summary>False for the event that is only a <see cref="Wake"/>.</summary>
    public bool Event(int index, out long id, out Readiness readiness)
    {
        var entry = _events.AsSpan(index * EventBytes, EventBytes);
        readiness = (Readiness)MemoryMarshal.Read<uint>(entry);
        id = MemoryMarshal.Read<long>(entry[DataOffset..]);
        return id != WakeId;
    }

    /// <summary>Ends a wait, or the next.</summary>
    public void Wake()
    {
        // Edge-triggered: every write counts, and nobody need read.
        var one = 1L;
        try
        {
            _ = Write(_waker, ref one, sizeof(long));
        }
        catch (ObjectDisposedException)
        {
            // Nobody waits any more.
        }
    }

    /// <summary>Begins to connect; the socket says when it can be written to, or that it broke.</summary>
    /// <exception cref="SocketException">It failed at once.</exception>
    /// <remarks>The runtime's own way either waits by itself, or throws an exception for "not yet", which costs more than the connection.</remarks>
    public static void BeginConnect(Socket socket, IPEndPoint to)
    {
        const int inProgress = 115;
        var address = to.Serialize();
        if (Connect(socket.SafeHandle, ref address.Buffer.Span[0], (uint)address.Size) != 0 && Marshal.GetLastPInvokeError() is var error and not inProgress)
            throw new SocketException((int)SocketError.NotConnected, Marshal.GetPInvokeErrorMessage(error));
    }

    public void Dispose()
    {
        _handle.Dispose();
        _waker.Dispose();
    }

    private void Control(SafeHandle file, Readiness interest, long id)
    {
        Span<byte> entry = stackalloc byte[EventBytes];
        entry.Clear();
        var events = (uint)interest | EdgeTriggered;
        MemoryMarshal.Write(entry, in events);
        MemoryMarshal.Write(entry[DataOffset..], in id);
        if (Control(_handle, ControlAdd, file, ref entry[0]) != 0)
            throw new Win32Exception();
    }

    private static SafeFileHandle Checked(SafeFileHandle handle) => handle.IsInvalid ? throw new Win32Exception() : handle;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial SafeFileHandle Create(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int Control(SafeFileHandle epoll, int operation, SafeHandle file, ref byte entry);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int Wait(SafeFileHandle epoll, ref byte entries, int most, int milliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial SafeFileHandle CreateEvent(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeFileHandle file, ref long value, nint bytes);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static partial int Connect(SafeHandle socket, ref byte address, uint bytes);
}
