using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace LiveComments.Fanout.Connections;

/// <summary>How the sockets of viewers are set up: once, on the listening socket, from which accepted ones inherit it.</summary>
static class ViewerSockets
{
    /// <summary>What the kernel holds for a viewer that does not read; some two hundred frames.</summary>
    private const int SendBufferBytes = 64 * 1024;

    /// <summary>Who has connected and is not yet accepted: a second of a storm of 2,000 a second, and some.</summary>
    public const int Backlog = 4_096;

    /// <summary>A peer that acknowledges nothing for this long is dead. With a heartbeat every 15 s it is gone within 45 s.</summary>
    private static readonly TimeSpan UnacknowledgedTimeout = TimeSpan.FromSeconds(20);

    // <netinet/tcp.h> of Linux; .NET has no name for it.
    private const int Tcp = 6;
    private const int TcpUserTimeout = 18;

    public static Socket Listen(EndPoint endPoint)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        if (endPoint is not IPEndPoint)
            return socket;
        socket.SendBufferSize = SendBufferBytes;
        socket.NoDelay = true;
        if (OperatingSystem.IsLinux())
            socket.SetRawSocketOption(Tcp, TcpUserTimeout, BitConverter.GetBytes((int)UnacknowledgedTimeout.TotalMilliseconds));
        return socket;
    }
}
