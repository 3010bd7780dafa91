using System.Net.Sockets;
using LiveComments.Gateway.Routing;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace LiveComments.Gateway.Relay;

/// <summary>
/// Passes streams of events on as bytes, from socket to socket. YARP forwards the request and passes on the answer's head, or all of an
/// answer that is no stream of events; and what can't be relayed goes its way altogether.
/// </summary>
sealed class StreamRelay(IHttpForwarder forwarder, NodeClient clients, RelayMetrics metrics, TimeProvider clock) : IDisposable
{
    /// <summary>How long a viewer that was told the end may take to read it and to close.</summary>
    private static readonly TimeSpan FarewellTimeout = TimeSpan.FromSeconds(5);

    /// <summary>What the kernel holds for a viewer that doesn't read, as on a node.</summary>
    private const int SendBufferBytes = 64 * 1024;

    /// <summary>A viewer that acknowledges nothing for this long is gone; with a node's heartbeats there is always something to.</summary>
    private static readonly TimeSpan UnacknowledgedTimeout = TimeSpan.FromSeconds(20);

    // <netinet/tcp.h> of Linux; .NET has no name for it.
    private const int Tcp = 6;
    private const int TcpUserTimeout = 18;

    private static readonly byte[] UserTimeout = BitConverter.GetBytes((int)UnacknowledgedTimeout.TotalMilliseconds);

    private readonly Lock _lock = new();
    private HttpMessageInvoker? _client;

    public async Task InvokeAsync(HttpContext context, Func<Task> next)
    {
        var feature = context.GetReverseProxyFeature();
        if (feature.AvailableDestinations is not [var node, ..] || !node.Model.Config.Address.StartsWith(Uri.UriSchemeHttp + ":", StringComparison.OrdinalIgnoreCase) || RelayRules.ViewerOf(context) is not { } viewer)
        {
            await next();
            return;
        }

        feature.ProxiedDestination = node;
        var attempt = new RelayAttempt(feature.Route.Transformer);
        NodeClient.Attempt.Value = attempt;
        await forwarder.SendAsync(context, node.Model.Config.Address, Client(feature.Cluster), feature.Cluster.Config.HttpRequest ?? ForwarderRequestConfig.Empty, attempt);
        if (attempt.Taken is { } connection)
            await RelayAsync(context, connection, viewer, attempt.Received);
    }

    public void Dispose() => _client?.Dispose();

    private async Task RelayAsync(HttpContext context, NodeConnection connection, Socket viewer, ReadOnlyMemory<byte> received)
    {
        try
        {
            // The connection ends with the stream, since only node and viewer know where in the bytes that is.
            context.Response.Headers.Connection = "close";
            await context.Response.StartAsync(context.RequestAborted);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
            Prepare(viewer);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // The viewer is gone already.
            connection.CloseSocket();
            context.Abort();
            return;
        }

        metrics.Started();
        var relay = new Relay(connection, viewer, received);
        connection.Thread.Start(relay);
        RelayEnd end;
        using (context.RequestAborted.UnsafeRegister(static state => ((Relay)state!).From.Thread.ViewerLeft((Relay)state!), relay))
            end = await relay.EndedAsync;
        metrics.Ended(end);
        if (end is RelayEnd.NodeEnded or RelayEnd.Shutdown)
            await Task.Delay(FarewellTimeout, clock, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // So that the web server never writes an end of its own behind bytes of which it knows nothing.
        context.Abort();
    }

    private static void Prepare(Socket viewer)
    {
        viewer.SendBufferSize = SendBufferBytes;
        viewer.SetRawSocketOption(Tcp, TcpUserTimeout, UserTimeout);
    }

    /// <summary>All nodes are of one cluster, whose settings don't change while the process runs.</summary>
    private HttpMessageInvoker Client(ClusterModel cluster)
    {
        lock (_lock)
            return _client ??= clients.CreateClient(new ForwarderHttpClientContext { ClusterId = ProxyRoutes.FanoutCluster, NewConfig = cluster.Config.HttpClient ?? HttpClientConfig.Empty });
    }
}
