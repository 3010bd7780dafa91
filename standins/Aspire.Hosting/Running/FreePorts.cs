using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Aspire.Hosting.Running;

/// <summary>Chooses ports. Below the range that the kernel hands to outgoing connections, so that none is lost before its server listens.</summary>
internal static class FreePorts
{
    private const int First = 20_000;
    private const int End = 32_000;
    // A machine with that many listeners in the range is out of order.
    private const int Attempts = 500;

    private static readonly Lock Gate = new();
    private static readonly HashSet<int> Given = [];

    public static int Take()
    {
        lock (Gate)
        {
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                // At random, since another host may be choosing at the same moment.
                var port = RandomNumberGenerator.GetInt32(First, End);
                if (!Given.Contains(port) && IsFree(port))
                {
                    Given.Add(port);
                    return port;
                }
            }
        }

        throw new HostFaultException($"No free port was found between {First} and {End}.");
    }

    public static bool IsFree(int port) => CanListen(IPAddress.Loopback, port) && (!Socket.OSSupportsIPv6 || CanListen(IPAddress.IPv6Loopback, port));

    private static bool CanListen(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // As servers do it: a connection of yesterday in TIME_WAIT is no obstacle, a listener is.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen();
            return true;
        }
        catch (SocketException fault)
        {
            // A machine without the IPv6 loopback address has nothing that could listen there.
            return fault.SocketErrorCode == SocketError.AddressNotAvailable;
        }
    }
}
