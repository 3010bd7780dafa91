using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LiveComments.ServiceDefaults.Connections;

/// <summary>
/// Peers that are gone without a word: a phone without network, a cable that was cut. Left alone, the kernel would go on
/// for a quarter of an hour before it gives up on one.
/// </summary>
public static class DeadPeers
{
    /// <summary>Who acknowledges nothing of what it is sent for this long is dead. With a heartbeat every 15 s it is gone after 35 s.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    // <netinet/tcp.h> of Linux; .NET has no name for it.
    private const int Tcp = 6;
    private const int TcpUserTimeout = 18;

    /// <summary>For a listening socket, of which accepted ones inherit it.</summary>
    public static void CutOffAfter(Socket listening, TimeSpan timeout)
    {
        if (OperatingSystem.IsLinux())
            listening.SetRawSocketOption(Tcp, TcpUserTimeout, BitConverter.GetBytes((int)timeout.TotalMilliseconds));
    }

    /// <summary>For all of the web server's connections.</summary>
    public static TBuilder AddDeadPeerTimeout<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.CreateBoundListenSocket = endPoint =>
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
            if (endPoint is IPEndPoint)
                CutOffAfter(socket, Timeout);
            return socket;
        });
        return builder;
    }
}
