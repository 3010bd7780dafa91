using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace LiveComments.Bench.Common.Sockets;

/// <summary>
/// Waits for many sockets on the calling thread. A generator shares its machine with what it measures: without
/// thread-pool hops it takes a fraction of what HttpClient would, and a late wake-up is its own alone.
/// </summary>
public sealed partial class Epoll : IDisposable
{
    private const int Add = 1;
    private const uint Readable = 1;
    private const uint Writable = 4;
    private const uint OnChangeOnly = 1u << 31;

    // struct epoll_event is packed on x64 only.
    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = EventSize - sizeof(long);

    private readonly int _descriptor = Check(epoll_create1(0));
    private readonly byte[] _events;

    public Epoll(int maxEvents) => _events = new byte[maxEvents * EventSize];

    /// <summary>Reports <paramref name="tag"/> whenever the socket has something to read. Closing the socket ends it.</summary>
    public void Watch(Socket socket, int tag) => Watch((int)socket.Handle, tag, Readable);

    /// <summary>
    /// Reports <paramref name="tag"/> when the socket becomes readable or writable, once each time: who reads must read
    /// until nothing is left.
    /// </summary>
    public void WatchChanges(int socket, int tag) => Watch(socket, tag, Readable | Writable | OnChangeOnly);

    /// <summary>Waits up to <paramref name="timeout"/>; <see cref="TagAt"/> tells the sockets.</summary>
    public unsafe int Wait(TimeSpan timeout)
    {
        var time = new TimeSpec { Seconds = (long)timeout.TotalSeconds, Nanoseconds = timeout.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick };
        fixed (byte* pointer = _events)
        {
            var count = epoll_pwait2(_descriptor, pointer, _events.Length / EventSize, &time, null);
            // A signal (the profiler's, the runtime's) may end the wait early.
            return count >= 0 ? count : Marshal.GetLastPInvokeError() == InterruptedBySignal ? 0 : Check(count);
        }
    }

    public int TagAt(int index) => (int)BitConverter.ToInt64(_events, (index * EventSize) + DataOffset);

    public void Dispose() => _ = close(_descriptor);

    private unsafe void Watch(int socket, int tag, uint conditions)
    {
        Span<byte> what = stackalloc byte[EventSize];
        what.Clear();
        BitConverter.TryWriteBytes(what, conditions);
        BitConverter.TryWriteBytes(what[DataOffset..], (long)tag);
        fixed (byte* pointer = what)
            Check(epoll_ctl(_descriptor, Add, socket, pointer));
    }

    private const int InterruptedBySignal = 4;

    private static int Check(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

#pragma warning disable SYSLIB1054, IDE1006 // The names are libc's.
    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int epoll_ctl(int epoll, int operation, int descriptor, byte* what);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int epoll_pwait2(int epoll, byte* events, int maxEvents, TimeSpec* timeout, void* signals);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);
#pragma warning restore SYSLIB1054, IDE1006
}
