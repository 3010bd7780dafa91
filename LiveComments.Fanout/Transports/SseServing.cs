using LiveComments.Fanout.Draining;
using LiveComments.Fanout.Rooms;
using LiveComments.Fanout.Transports.Direct;
using LiveComments.ServiceDefaults.Auth;
using Microsoft.Extensions.Options;

namespace LiveComments.Fanout.Transports;

/// <summary>Serves a viewer who has entered a room with server-sent events, by the fastest way that its connection allows.</summary>
sealed class SseServing(ViewerMetrics metrics, DirectPath direct, IOptions<LiveOptions> options, TimeProvider clock, Drain drain)
{
    /// <param name="context">The viewer's request; nothing has been written yet.</param>
    /// <param name="room">Where it is.</param>
    /// <param name="stay">Disposed when the viewer leaves the room, which may be long after this has returned.</param>
    /// <param name="at">The newest frame when it entered.</param>
    /// <param name="catchup">What it is sent before that frame's successors.</param>
    public async Task ServeAsync(HttpContext context, Room room, IDisposable stay, Frame at, Catchup catchup)
    {
        SetHeaders(context.Response);
        metrics.Opened(SseViewer.Transport);
        var reason = (CloseReason?)null;
        var detached = false;
        try
        {
            // Who watches with a token may be shown more of a fast stream than others are: that is not for the shared bytes.
            // And a token ends, which nobody looks after once the connection has been handed over.
            var identity = context.User.ToUser();
            var socket = context.User.Identity is { IsAuthenticated: true } ? null : direct.SocketOf(context);
            var detachable = socket is null ? null : direct.DetachableOf(context);
            // No other request will come on a connection that is taken from the web server.
            if (detachable is not null)
                context.Response.Headers.Connection = "close";
            var viewer = new SseViewer(room, context.Response.BodyWriter, identity, context.User.ValidUntil(), options.Value.Heartbeat, clock);
            reason = await viewer.RunAsync(at, catchup, context.RequestAborted, drain.Turn(), handOver: socket is not null);
            detached = reason is null && detachable is not null && await direct.TryDetachAsync(detachable, room, stay, viewer.At);
            if (detached)
                return;
            reason ??= await direct.WatchAsync(context, socket!, room, viewer.At);
        }
        finally
        {
            if (!detached)
            {
                metrics.Closed(SseViewer.Transport, reason ?? CloseReason.Left);
                stay.Dispose();
            }
        }

        if (reason == CloseReason.TooSlow)
            context.Abort();
    }

    private static void SetHeaders(HttpResponse response)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        // Proxies of the nginx family hold answers back unless told not to.
        response.Headers["X-Accel-Buffering"] = "no";
        response.HttpContext.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResponseBodyFeature>()?.DisableBuffering();
    }
}
