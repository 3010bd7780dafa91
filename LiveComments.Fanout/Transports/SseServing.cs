using LiveComments.Fanout.Rooms;
using LiveComments.Fanout.Transports.Direct;

namespace LiveComments.Fanout.Transports;

/// <summary>Serves a viewer who has entered a room with server-sent events, by the fastest way that its connection allows.</summary>
sealed class SseServing(ViewerMetrics metrics, DirectPath direct, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    /// <param name="context">The viewer's request; nothing has been written yet.</param>
    /// <param name="room">Where it is.</param>
    /// <param name="stay">Disposed when the viewer leaves the room.</param>
    /// <param name="at">The newest frame when it entered.</param>
    /// <param name="catchup">What it is sent before that frame's successors.</param>
    public async Task ServeAsync(HttpContext context, Room room, IDisposable stay, Frame at, Catchup catchup)
    {
        SetHeaders(context.Response);
        metrics.Opened(SseViewer.Transport);
        var reason = CloseReason.Left;
        try
        {
            var socket = direct.SocketOf(context);
            var viewer = new SseViewer(room, context.Response.BodyWriter, clock);
            reason = await viewer.RunAsync(at, catchup, context.RequestAborted, lifetime.ApplicationStopping, handOver: socket is not null)
                ?? await direct.WatchAsync(context, socket!, room, viewer.At);
        }
        finally
        {
            metrics.Closed(SseViewer.Transport, reason);
            stay.Dispose();
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
