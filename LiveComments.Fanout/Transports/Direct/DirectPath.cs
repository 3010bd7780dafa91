using System.Buffers;
using System.Net.Sockets;
using LiveComments.Fanout.Connections;
using LiveComments.Fanout.Rooms;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace LiveComments.Fanout.Transports.Direct;

/// <summary>Hands a viewer over from the request that brought it to the writer threads, where its connection allows that.</summary>
sealed class DirectPath(DirectWriters writers, DetachedViewers detached, IOptions<FastPathOptions> options)
{
    /// <summary>
    /// The connection's socket when bytes written to it are the response's body as they are: HTTP/1.1 without TLS. Null
    /// otherwise.
    /// </summary>
    public Socket? SocketOf(HttpContext context) =>
        options.Value.DirectWrites && HttpProtocol.IsHttp11(context.Request.Protocol) && context.Features.Get<ITlsHandshakeFeature>() is null
            ? context.Features.Get<IConnectionSocketFeature>()?.Socket
            : null;

    /// <summary>The connection, when it can be taken from the web server: nothing more can belong to this request.</summary>
    public IDetachableConnection? DetachableOf(HttpContext context) =>
        options.Value.DetachedConnections && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }
            ? context.Features.Get<IDetachableConnection>()
            : null;

    /// <summary>
    /// Takes the connection from the web server and serves the viewer until it is closed; the request ends before that.
    /// False when that can't be done, and nothing has changed.
    /// </summary>
    public Task<bool> TryDetachAsync(IDetachableConnection connection, Room room, IDisposable stay, Frame at, SignedIn? who) =>
        connection.TryDetachAsync(new DetachedViewer(detached, room, stay, at, who));

    /// <summary>
    /// Serves the viewer until it is closed. Its response has been started, and everything written so far has been sent:
    /// nobody but the writer thread writes to the socket now.
    /// </summary>
    public Task<CloseReason> WatchAsync(HttpContext context, Socket socket, Room room, Frame at, SignedIn? who)
    {
        try
        {
            socket.Blocking = false;
        }
        catch (ObjectDisposedException)
        {
            return Task.FromResult(CloseReason.Left);
        }

        return WatchAsync(context, room, new AttachedViewer(at, who) { Socket = socket });
    }

    // A method of its own: what is handed to it is held as long as the viewer stays.
    private async Task<CloseReason> WatchAsync(HttpContext context, Room room, AttachedViewer viewer)
    {
        writers.Add(viewer, room);
        using var gone = context.RequestAborted.UnsafeRegister(state => DirectWriters.Gone((AttachedViewer)state!), viewer);
        var (reason, whole) = await viewer.ClosedAsync;
        if (!whole)
            context.Abort();
        else if (reason == CloseReason.Shutdown)
            context.Response.BodyWriter.Write(SseRetry.AtShutdown());
        return reason;
    }
}
