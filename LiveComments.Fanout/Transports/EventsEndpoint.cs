using LiveComments.Contracts;
using LiveComments.Fanout.Draining;
using LiveComments.Fanout.Places;
using LiveComments.Fanout.Rooms;
using LiveComments.Fanout.Transports.Direct;
using LiveComments.ServiceDefaults.Auth;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.Extensions.Options;

namespace LiveComments.Fanout.Transports;

/// <summary><c>GET /live/streams/{id}/events</c>: server-sent events for a plain <c>EventSource</c>, or a long poll for who accepts JSON only.</summary>
static class EventsEndpoint
{
    public static void MapEvents(this WebApplication app)
    {
        var events = app.MapGet("/live/streams/{streamId}/events", Watch);
        if (!app.Services.GetRequiredService<IOptions<AuthOptions>>().Value.AnonymousReads)
            events.RequireAuthorization();
    }

    private static async Task<IResult> Watch(
        string streamId, HttpContext context, Door door, Joining joining, SseServing serving, DirectPath direct, ViewerMetrics metrics, TimeProvider clock, Drain drain)
    {
        if (!ResumePoint.TryRead(context.Request, out var from))
            return Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.CursorInvalid, ResumePoint.CursorRule);
        var polls = PollViewer.IsWanted(context.Request);
        var wait = TimeSpan.Zero;
        if (polls && !PollViewer.TryReadWait(context.Request, out wait))
            return Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.InvalidMessage, PollViewer.WaitRule);

        if (door.Refuse(context, out var place) is { } refusal)
            return refusal;
        JoinResult? result = null;
        try
        {
            result = await joining.JoinAsync(streamId, from, context.User.ToUser(), context.RequestAborted);
        }
        finally
        {
            if (result is not JoinResult.Joined)
                place!.Dispose();
        }

        switch (result)
        {
            case JoinResult.NoSuchStream:
                return Joining.NoSuchStream();
            case JoinResult.Joined joined:
                joined.Stay.Along = place;
                if (polls)
                    return await PollAsync(joined, wait);
                joined.Stay.Costs(direct.SocketOf(context) is null ? SendCost.Task : SendCost.Direct);
                await serving.ServeAsync(context, joined.Stay.Room, joined.Stay, joined.Beginning);
                return Results.Empty;
            case JoinResult.Banned(var why):
                return Joining.Banned(why);
            case JoinResult.Stopping:
                return Joining.Stopping(context.Response);
            default:
                return Joining.Away(context.Response);
        }

        async Task<IResult> PollAsync(JoinResult.Joined joined, TimeSpan patience)
        {
            using var stay = joined.Stay;
            stay.Costs(SendCost.Request);
            metrics.Opened(PollViewer.Transport);
            var reason = CloseReason.Answered;
            try
            {
                var (answer, dismissal) = await PollViewer.AnswerAsync(joined, context.User.ToUser(), patience, clock, context.RequestAborted, drain.Turn());
                if (dismissal is not null)
                {
                    reason = CloseReason.Banned;
                    return Joining.Banned(dismissal);
                }

                context.Response.Headers.CacheControl = "no-store";
                return Results.Bytes(answer, "application/json");
            }
            finally
            {
                metrics.Closed(PollViewer.Transport, context.RequestAborted.IsCancellationRequested ? CloseReason.Left : reason);
            }
        }
    }
}
