using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace LiveComments.Gateway.Relay;

/// <summary>
/// Hot path. The system calls <c>recv</c> and <c>send</c> and nothing else: <see cref="Socket"/> touches several objects on its way there,
/// which costs as much as a tenth of the calls when there are thousands of sockets. The handles keep a descriptor open while it is used.
/// </summary>
static partial class RawSocket
{
    // MSG_DONTWAIT | MSG_NOSIGNAL, the same on all of Linux's processors.
    private const int Flags = 0x40 | 0x4000;

    private const int Again = 11;

    /// <summary>How many bytes came; 0 at the end of what the peer sends.</summary>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public static int Receive(SafeSocketHandle socket, Span<byte> buffer, out SocketError error)
    {
        var received = Receive(socket, ref MemoryMarshal.GetReference(buffer), buffer.Length, Flags);
        error = received >= 0 ? SocketError.Success : LastError();
        return (int)Math.Max(received, 0);
    }

    /// <summary>How many bytes the socket took.</summary>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    public static int Send(SafeSocketHandle socket, ReadOnlySpan<byte> bytes, out SocketError error)
    {
        var sent = Send(socket, ref MemoryMarshal.GetReference(bytes), bytes.Length, Flags);
        error = sent >= 0 ? SocketError.Success : LastError();
        return (int)Math.Max(sent, 0);
    }

    // Which of many it is that means "gone" matters to nobody.
    private static SocketError LastError() =>
        Marshal.GetLastPInvokeError() == Again ? SocketError.WouldBlock : SocketError.ConnectionReset;

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(SafeSocketHandle socket, ref byte buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(SafeSocketHandle socket, ref byte bytes, nint length, int flags);
}
