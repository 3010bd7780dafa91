using System.Text.Json;
using LiveComments.Contracts;
using Microsoft.AspNetCore.Http;

namespace LiveComments.BrowserTests.Page;

/// <summary>Event streams: from a place in the log on, until the line is broken.</summary>
public sealed partial class PageServer
{
    // As short as a browser takes it: tests wait for reconnects.
    private const string RetrySoon = "retry: 50\n\n";

    private CancellationTokenSource _line = new();
    private int _viewers;

    /// <summary>Ends every open event stream in the middle, as a dying server does.</summary>
    public void BreakLines() => Interlocked.Exchange(ref _line, new CancellationTokenSource()).Cancel();

    private async Task StreamEventsAsync(HttpContext context, string? cursor)
    {
        var place = context.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } lastEventId ? lastEventId : cursor ?? "";
        if (RefusesViewers)
        {
            context.Response.StatusCode = 503;
            return;
        }

        Joins.Enqueue(place);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _line.Token);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        // Whoever sees the stream open hears all that is told from then on.
        int told;
        lock (_gate)
            told = _passing.Count;
        var count = Interlocked.Increment(ref _viewers);
        try
        {
            await context.Response.WriteAsync(RetrySoon, ended.Token);
            await SendAsync(context, null, "viewer_count", new { streamId = "demo", count }, ended.Token);
            await FollowLogAsync(context, place, told, ended.Token);
        }
        catch (OperationCanceledException)
        {
            // Cut, not ended politely.
            context.Abort();
        }
        finally
        {
            Interlocked.Decrement(ref _viewers);
        }
    }

    private async Task FollowLogAsync(HttpContext context, string place, int told, CancellationToken ended)
    {
        var (epoch, sent) = place.Length > 0 ? Read(place) : (0, 0);
        while (true)
        {
            Entry[] entries;
            Passing[] passing;
            Task changed;
            int now;
            lock (_gate)
            {
                (now, changed) = (_epoch, _changed.Task);
                entries = [.. now == epoch ? _log.Where(entry => entry.Sequence > sent) : _log.TakeLast(50)];
                passing = [.. _passing.Skip(told)];
                told = _passing.Count;
            }

            if (epoch != 0 && epoch != now)
                await SendAsync(context, null, "reset", new { streamId = "demo", reason = "new_epoch" }, ended);
            if (entries.Length > 0)
            {
                var previous = epoch == now ? Place(epoch, sent) : null;
                sent = entries[^1].Sequence;
                var comments = entries.Select(entry => entry.Comment with { IdempotencyKey = null, Cursor = null }).ToList();
                var batch = new CommentsBatch("demo", comments, epoch != now, Place(now, sent), previous, entries.Sum(entry => entry.OmittedBefore));
                await SendAsync(context, Place(now, sent), "comments_batch", batch, ended);
            }

            if (epoch != now)
                (epoch, sent) = (now, entries.LastOrDefault()?.Sequence ?? 0);
            foreach (var (type, payload) in passing)
                await SendAsync(context, null, type, payload, ended);
            await changed.WaitAsync(ended);
        }
    }

    private static async Task SendAsync(HttpContext context, string? id, string type, object payload, CancellationToken ended)
    {
        var data = JsonSerializer.Serialize(new { type, payload }, Json);
        await context.Response.WriteAsync($"{(id is null ? "" : $"id: {id}\n")}event: {type}\ndata: {data}\n\n", ended);
        await context.Response.Body.FlushAsync(ended);
    }
}
