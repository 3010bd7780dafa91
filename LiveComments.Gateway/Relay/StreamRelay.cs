using System.Buffers;
using System.Net.Sockets;
using LiveComments.Gateway.Relay.Trunks;
using LiveComments.Gateway.Routing;
using LiveComments.ServiceDefaults.Connections;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace LiveComments.Gateway.Relay;

/// <summary>
/// Passes streams of events on as bytes, from socket to socket. YARP forwards the request and passes on the answer's head, or all of an
/// answer that is no stream of events; and what can't be relayed goes its way altogether.
/// </summary>
sealed class StreamRelay(IHttpForwarder forwarder, NodeClient clients, TrunkLines trunks, RelayMetrics metrics, GarbageAfterWaves waves, IOptions<GatewayOptions> options, TimeProvider clock) : IDisposable
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

    // The newest comments come to some kilobytes.
    private const int CopyBytes = 16 * 1024;

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
        var address = node.Model.Config.Address;
        var trunk = options.Value.Trunks ? await trunks.FindAsync(address) : null;
        var attempt = new RelayAttempt(feature.Route.Transformer, trunk);
        NodeClient.Attempt.Value = attempt;
        await forwarder.SendAsync(context, address, Client(feature.Cluster), feature.Cluster.Config.HttpRequest ?? ForwarderRequestConfig.Empty, attempt);
        if (attempt.Taken is { } connection)
            await RelayAsync(context, connection, viewer, attempt.Received);
        else if (attempt.Beginning is { } beginning)
            await FollowAsync(context, beginning, trunk!, attempt.Number, viewer);
        else if (!attempt.StaysOffTheTrunk)
            // The node may have let the viewer in, and not know that nobody waits.
            trunk?.GiveUp(attempt.Number);
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

        await PassAsync(context, new Relay(connection, viewer, received), RelayWay.Connection);
    }

    /// <summary>Hands the stream's beginning to the viewer, and the rest to the trunk.</summary>
    private async Task FollowAsync(HttpContext context, HttpContent beginning, TrunkLine trunk, uint number, Socket viewer)
    {
        var follows = false;
        try
        {
            using (beginning)
            {
                context.Response.Headers.Connection = "close";
                await context.Response.StartAsync(context.RequestAborted);
                await CopyAsync(beginning, context);
            }

            Prepare(viewer);
            follows = true;
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or HttpRequestException or SocketException or ObjectDisposedException)
        {
            // The viewer is gone already, or the node.
            context.Abort();
        }
        finally
        {
            if (!follows)
                trunk.GiveUp(number);
        }

        if (follows)
            await PassAsync(context, new TrunkStream(trunk, number, viewer), RelayWay.Trunk);
    }

    private async Task CopyAsync(HttpContent beginning, HttpContext context)
    {
        using var patience = new CancellationTokenSource(Destinations.StreamActivityTimeout, clock);
        await using var aborted = context.RequestAborted.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), patience);
        await using var from = await beginning.ReadAsStreamAsync(patience.Token);
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            while (await from.ReadAsync(buffer, patience.Token) is var read and > 0)
            {
                await context.Response.BodyWriter.WriteAsync(buffer.AsMemory(0, read), patience.Token);
                patience.CancelAfter(Destinations.StreamActivityTimeout);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        // Of an empty one the head alone has to go out.
        await context.Response.BodyWriter.FlushAsync(patience.Token);
    }

    private async Task PassAsync(HttpContext context, Passage passage, RelayWay way)
    {
        metrics.Started(way);
        waves.Arrived();
        passage.Thread.Start(passage);
        RelayEnd end;
        using (context.RequestAborted.UnsafeRegister(static state => ((Passage)state!).Thread.ViewerLeft((Passage)state!), passage))
            end = await passage.EndedAsync;
        metrics.Ended(way, end);
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
