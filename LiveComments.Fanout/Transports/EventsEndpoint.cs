using LiveComments.Contracts;
using LiveComments.Fanout.Rooms;
using LiveComments.ServiceDefaults.Auth;
using LiveComments.ServiceDefaults.Log;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace LiveComments.Fanout.Transports;

/// <summary><c>GET /live/streams/{id}/events</c>: server-sent events, for a plain <c>EventSource</c>.</summary>
static partial class EventsEndpoint
{
    private const string LastEventId = "Last-Event-ID";
    private const string CursorParameter = "cursor";

    public static void MapEvents(this WebApplication app)
    {
        var events = app.MapGet("/live/streams/{streamId}/events", Watch);
        if (!app.Services.GetRequiredService<IOptions<AuthOptions>>().Value.AnonymousReads)
            events.RequireAuthorization();
    }

    private static async Task<IResult> Watch(
        string streamId, HttpContext context, RoomDirectory rooms, CurrentLog currentLog, ViewerMetrics metrics, TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<RoomDirectory> logger)
    {
        if (!StreamId.IsValid(streamId))
            return Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.StreamNotFound, "There is no stream of that id: ids are 1 to 64 letters, digits, '_' and '-'.");
        if (!TryReadCursor(context.Request, out var cursor))
            return Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.CursorInvalid, "The cursor must be one that this service gave: '<epoch>-<sequence>'. Leave it out to start afresh.");
        if (currentLog.Handle is null)
            return Away(context.Response);

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        RoomDirectory.Stay? stay;
        Catchup catchup;
        Entrance entrance;
        try
        {
            stay = await rooms.EnterAsync(streamId, ending.Token);
            if (stay is null)
                return Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.StreamNotFound, $"There is no stream '{streamId}'.");
            entrance = stay.Room.Enter();
            catchup = await Resume.FindAsync(entrance, stay.Log, streamId, cursor, ending.Token);
        }
        catch (Exception exception) when (exception is NATS.Client.Core.NatsException or OperationCanceledException or TimeoutException && !context.RequestAborted.IsCancellationRequested)
        {
            CannotOpen(logger, streamId, exception);
            return Away(context.Response);
        }

        using (stay)
        {
            SetHeaders(context);
            var viewer = new SseViewer(stay.Room, context.Response.BodyWriter, clock, context.User.ValidUntil());
            metrics.Opened(SseViewer.Transport);
            var reason = CloseReason.Left;
            try
            {
                reason = await viewer.RunAsync(entrance.At, catchup, context.RequestAborted, lifetime.ApplicationStopping);
            }
            finally
            {
                metrics.Closed(SseViewer.Transport, reason);
            }

            if (reason == CloseReason.TooSlow)
                context.Abort();
            return Results.Empty;
        }
    }

    private static bool TryReadCursor(HttpRequest request, out Cursor? cursor)
    {
        cursor = null;
        // After a reconnect the browser sends what it has seen last, which is newer than the address it was given once.
        string? text = request.Headers[LastEventId];
        if (string.IsNullOrEmpty(text))
            text = request.Query[CursorParameter];
        if (string.IsNullOrEmpty(text))
            return true;
        if (!Cursor.TryParse(text, out var parsed))
            return false;
        cursor = parsed;
        return true;
    }

    private static void SetHeaders(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        // Proxies of the nginx family hold answers back unless told not to.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    private static ProblemHttpResult Away(HttpResponse response)
    {
        response.Headers.RetryAfter = "1";
        return Problem.Of(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, "The log does not answer; try again in a moment.", retryable: true);
    }

    [LoggerMessage(LogLevel.Warning, "The room of stream {StreamId} can't be opened now.")]
    private static partial void CannotOpen(ILogger logger, string streamId, Exception exception);
}
