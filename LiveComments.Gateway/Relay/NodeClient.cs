using System.Net;
using System.Net.Sockets;
using LiveComments.Gateway.Routing;
using Yarp.ReverseProxy.Forwarder;

namespace LiveComments.Gateway.Relay;

/// <summary>
/// Makes HTTP clients that are as YARP's own in all they send, but whose every request has a connection to itself, which can be
/// taken from them.
/// </summary>
sealed class NodeClient(RelayThreads threads, ILogger<ForwarderHttpClientFactory> logger) : ForwarderHttpClientFactory(logger)
{
    /// <summary>The request in whose flow the client writes: a client opens connections ahead, and only what is written tells whose one is.</summary>
    public static readonly AsyncLocal<RelayAttempt?> Attempt = new();

    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        handler.ConnectCallback = ConnectAsync;
        handler.ConnectTimeout = NextNode.ConnectTimeout;
        handler.PooledConnectionLifetime = TimeSpan.Zero;
        // Nothing is to be read after it was taken, or of an answer that nobody wants.
        handler.MaxResponseDrainSize = 0;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation) => await ConnectAsync(context.DnsEndPoint, null, cancellation);

    /// <param name="to">The node.</param>
    /// <param name="thread">Whose the connection will be; null for any.</param>
    /// <param name="cancellation">It is no longer wanted.</param>
    /// <exception cref="SocketException">Nobody there.</exception>
    public async Task<NodeConnection> ConnectAsync(DnsEndPoint to, RelayThread? thread, CancellationToken cancellation)
    {
        var (host, port) = (to.Host, to.Port);
        var addresses = IPAddress.TryParse(host, out var address) ? [address] : await Dns.GetHostAddressesAsync(host, cancellation);
        for (var index = 0; index < addresses.Length; index++)
        {
            NodeConnection? connection = null;
            try
            {
                connection = threads.Connect(new IPEndPoint(addresses[index], port), thread);
                await connection.ConnectedAsync(cancellation);
                return connection;
            }
            catch (SocketException) when (index < addresses.Length - 1)
            {
                // localhost is ::1 and 127.0.0.1, and a node may listen at one of them only.
                connection?.CloseSocket();
            }
            catch
            {
                connection?.CloseSocket();
                throw;
            }
        }

        throw new SocketException((int)SocketError.HostNotFound);
    }
}
