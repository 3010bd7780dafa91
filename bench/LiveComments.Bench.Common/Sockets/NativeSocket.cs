using System.Buffers.Binary;
using System.ComponentModel;
using System.Net;
using System.Runtime.InteropServices;

namespace LiveComments.Bench.Common.Sockets;

/// <summary>
/// A TCP socket of IPv4 that is nothing but its descriptor, and never waits: tens of thousands of them cost the
/// generator nothing, and each operation is one system call.
/// </summary>
public static partial class NativeSocket
{
    // From Linux's headers; the same on x86-64 and ARM64.
    private const int FamilyInet = 2;
    private const int StreamNonBlockingCloseOnExec = 1 | 0x800 | 0x80000;
    private const int LevelSocket = 1;
    private const int ReceiveBuffer = 8;
    private const int LevelIp = 0;
    private const int LevelTcp = 6;
    private const int BindAddressNoPort = 24;
    private const int NoDelay = 1;
    private const int NoSignal = 0x4000;
    private const int TryAgain = 11;
    private const int InProgress = 115;

    /// <summary>Begins to connect from <paramref name="source"/>, any port; epoll tells by "writable" when it is done.</summary>
    /// <param name="source">The address.</param>
    /// <param name="destination">Where.</param>
    /// <param name="receiveBuffer">How much the kernel takes for who doesn't read, about; as it chooses when left out.</param>
    public static unsafe int Connect(IPAddress source, IPEndPoint destination, int? receiveBuffer = null)
    {
        var descriptor = Check(socket(FamilyInet, StreamNonBlockingCloseOnExec, 0));
        var on = 1;
        // The port is chosen when the destination is known: each source address then has all ports for each destination.
        Check(setsockopt(descriptor, LevelIp, BindAddressNoPort, &on, sizeof(int)));
        Check(setsockopt(descriptor, LevelTcp, NoDelay, &on, sizeof(int)));
        if (receiveBuffer is { } bytes)
            Check(setsockopt(descriptor, LevelSocket, ReceiveBuffer, &bytes, sizeof(int)));
        Span<byte> address = stackalloc byte[16];
        Write(address, source, 0);
        fixed (byte* pointer = address)
            Check(bind(descriptor, pointer, address.Length));
        Write(address, destination.Address, destination.Port);
        fixed (byte* pointer = address)
        {
            if (connect(descriptor, pointer, address.Length) == 0 || Marshal.GetLastPInvokeError() == InProgress)
                return descriptor;
        }

        var exception = new Win32Exception(Marshal.GetLastPInvokeError());
        _ = close(descriptor);
        throw exception;
    }

    /// <summary>True when all of it went out, which is so for anything smaller than an empty send buffer.</summary>
    public static unsafe bool TrySend(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* pointer = bytes)
            return send(descriptor, pointer, (nuint)bytes.Length, NoSignal) == bytes.Length;
    }

    /// <summary>How many bytes came; 0 when the other side closed or reset; -1 when there is nothing to read now.</summary>
    public static unsafe int Receive(int descriptor, Span<byte> into)
    {
        fixed (byte* pointer = into)
        {
            var count = recv(descriptor, pointer, (nuint)into.Length, 0);
            return count >= 0 ? (int)count : Marshal.GetLastPInvokeError() == TryAgain ? -1 : 0;
        }
    }

    public static void Close(int descriptor) => _ = close(descriptor);

    // struct sockaddr_in: family in the machine's order, port and address in the network's.
    private static void Write(Span<byte> address, IPAddress ip, int port)
    {
        address.Clear();
        BitConverter.TryWriteBytes(address, (ushort)FamilyInet);
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], (ushort)port);
        ip.TryWriteBytes(address[4..8], out _);
    }

    private static int Check(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

#pragma warning disable SYSLIB1054, IDE1006 // The names are libc's.
    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int setsockopt(int descriptor, int level, int option, int* value, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int bind(int descriptor, byte* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int connect(int descriptor, byte* address, int length);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint send(int descriptor, byte* bytes, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint recv(int descriptor, byte* bytes, nuint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);
#pragma warning restore SYSLIB1054, IDE1006
}
