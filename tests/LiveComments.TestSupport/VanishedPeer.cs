using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace LiveComments.TestSupport;

/// <summary>
/// Makes a peer vanish as a phone does that loses its network: from then on its system drops whatever comes for the
/// socket before looking at it, so nothing is acknowledged and nothing is refused.
/// </summary>
public static class VanishedPeer
{
    // <asm-generic/socket.h>, <linux/filter.h> of Linux.
    private const int SocketLevel = 1;
    private const int AttachFilter = 26;

    // BPF_RET | BPF_K with the constant 0: of each packet, keep nothing.
    private static readonly byte[] KeepNothing = [0x06, 0, 0, 0, 0, 0, 0, 0];

    /// <param name="socket">A connected TCP socket, which is not told; nothing more can be received on it.</param>
    public static void Vanish(Socket socket)
    {
        var filter = GCHandle.Alloc(KeepNothing, GCHandleType.Pinned);
        try
        {
            // struct sock_fprog { unsigned short len; struct sock_filter *filter; }
            Span<byte> program = stackalloc byte[2 * nint.Size];
            program.Clear();
            MemoryMarshal.Write(program, (ushort)1);
            MemoryMarshal.Write(program[nint.Size..], filter.AddrOfPinnedObject());
            socket.SetRawSocketOption(SocketLevel, AttachFilter, program);
        }
        finally
        {
            filter.Free();
        }
    }
}
