using System.Net;
using System.Net.Sockets;
using LiveComments.ServiceDefaults.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace LiveComments.Fanout.Connections;

/// <summary>How the sockets of viewers are set up: once, on the listening socket, from which accepted ones inherit it.</summary>
static class ViewerSockets
{
    /// <summary>What the kernel holds for a viewer that does not read; some two hundred frames.</summary>
    private const int SendBufferBytes = 64 * 1024;

    /// <summary>Who has connected and is not yet accepted: a second of a storm of 2,000 a second, and some.</summary>
    public const int Backlog = 4_096;

    public static Socket Listen(EndPoint endPoint, TimeSpan peerTimeout)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
        if (endPoint is not IPEndPoint)
            return socket;
        socket.SendBufferSize = SendBufferBytes;
        socket.NoDelay = true;
        DeadPeers.CutOffAfter(socket, peerTimeout);
        return socket;
    }
}
