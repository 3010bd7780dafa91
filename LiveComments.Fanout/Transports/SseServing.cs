using LiveComments.Fanout.Draining;
using LiveComments.Fanout.Rooms;
using LiveComments.Fanout.Transports.Direct;
using LiveComments.Fanout.Transports.Trunks;
using LiveComments.ServiceDefaults.Trunks;
using Microsoft.Extensions.Options;

namespace LiveComments.Fanout.Transports;

/// <summary>Serves a viewer who has entered a room with server-sent events, by the fastest way that its connection allows.</summary>
sealed class SseServing(ViewerMetrics metrics, DeliveryLatency latency, DirectPath direct, TrunkDirectory trunks, IOptions<LiveOptions> options, TimeProvider clock, Drain drain)
{
    /// <param name="context">The viewer's request; nothing has been written yet.</param>
    /// <param name="room">Where it is.</param>
    /// <param name="stay">Disposed when the viewer leaves the room, which may be long after this has returned.</param>
    /// <param name="beginning">Where it begins there.</param>
    public async Task ServeAsync(HttpContext context, Room room, IDisposable stay, Beginning beginning)
    {
        SetHeaders(context.Response);
        metrics.Opened(SseViewer.Transport);
        var reason = (CloseReason?)null;
        var detached = false;
        var seat = trunks.TryTakeSeat(context.Request);
        try
        {
            var who = SignedIn.Of(context.User);
            if (seat is not null)
                context.Response.Headers[TrunkProtocol.Header] = TrunkProtocol.Taken;
            var socket = seat is null ? direct.SocketOf(context) : null;
            var detachable = socket is null ? null : direct.DetachableOf(context);
            // No other request will come on a connection that is taken from the web server.
            if (detachable is not null)
                context.Response.Headers.Connection = "close";
            var viewer = new SseViewer(room, context.Response.BodyWriter, who?.User, who?.ValidUntil ?? DateTimeOffset.MaxValue, options.Value.Heartbeat, latency, clock);
            reason = await viewer.RunAsync(beginning, context.RequestAborted, drain.Turn(), handOver: socket is not null || seat is not null);
            if (reason is null && seat is not null)
            {
                // The body ends here; what follows comes by the trunk.
                seat.Begin(room, stay, viewer.LetGo(), who);
                detached = true;
                return;
            }

            detached = reason is null && detachable is not null && await direct.TryDetachAsync(detachable, room, stay, viewer.At!, who);
            if (detached)
                return;
            reason ??= await direct.WatchAsync(context, socket!, room, viewer.LetGo(), who);
        }
        finally
        {
            if (!detached)
            {
                seat?.GiveUp();
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
