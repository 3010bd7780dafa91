using System.Buffers;
using System.Net;
using LiveComments.Fanout.Transports;
using LiveComments.Fanout.Transports.Direct;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace LiveComments.Fanout.Connections;

/// <summary>The web server's way to the network, with connections that can be detached from it. Other than TCP goes the usual way.</summary>
sealed class ViewerTransport(
    IMemoryPoolFactory<byte> memory, ConnectionCap cap, JoinPace pace, IOptions<FastPathOptions> options, IOptions<LiveOptions> live, ViewerMetrics metrics, TimeProvider clock, ILogger<ViewerListener> logger)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => options.Value is { DirectWrites: true, DetachedConnections: true } && endpoint is IPEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var socket = ViewerSockets.Listen(endpoint, live.Value.PeerTimeout);
        socket.Listen(ViewerSockets.Backlog);
        return ValueTask.FromResult<IConnectionListener>(new ViewerListener(socket, memory.Create(), cap, pace, metrics, clock, logger));
    }
}
