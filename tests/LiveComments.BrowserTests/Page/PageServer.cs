using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;

namespace LiveComments.BrowserTests.Page;

/// <summary>
/// Serves the built client and speaks the wire of the gateway to it, from a log in memory. It is what the page is
/// tested against alone: it can refuse, break lines and start afresh whenever a test wants.
/// </summary>
public sealed class PageServer : IAsyncDisposable
{
    // The gateway's policy, and Trusted Types on top: the page writes text, never markup.
    private const string ContentSecurityPolicy =
        "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'; require-trusted-types-for 'script'";

    // As short as a browser takes it: tests wait for reconnects.
    private const string RetrySoon = "retry: 50\n\n";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Lock _gate = new();
    private readonly List<Entry> _log = [];
    private readonly WebApplication _app;
    private CancellationTokenSource _line = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _epoch = 1;
    private int _nextId = 1000;
    private int _viewers;

    public PageServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();

        var client = new PhysicalFileProvider(Path.Combine(AppContext.BaseDirectory, "wwwroot"));
        _app.Use((context, next) =>
        {
            context.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
            return next(context);
        });
        _app.UseStaticFiles(new StaticFileOptions { FileProvider = client });
        _app.UseRouting();
        _app.MapPost("/api/auth/dev-token", GiveToken);
        _app.MapGet("/api/streams/{streamId}", GetStream);
        _app.MapPost("/api/streams/{streamId}/comments", PostAsync);
        _app.MapGet("/live/streams/{streamId}/events", StreamEventsAsync);
        _app.MapFallbackToFile("index.html", new StaticFileOptions { FileProvider = client });
    }

    private sealed record Entry(int Sequence, object Comment);

    /// <summary>A post as it came over the wire.</summary>
    public sealed record ReceivedPost(string? Authorization, string? IdempotencyKey, string Content);

    private sealed record NameBody(string Username, string DisplayName);

    private sealed record ContentBody(string Content);

    public string Url => _app.Urls.First();

    public string Title { get; set; } = "Launch night";

    public string Description { get; set; } = "Two hours until lift-off, live from the pad.";

    public ConcurrentQueue<ReceivedPost> Posts { get; } = new();

    /// <summary>Where each event stream was asked to begin: the Last-Event-ID header or the cursor parameter.</summary>
    public ConcurrentQueue<string> Joins { get; } = new();

    /// <summary>Answers the next posts, one each, instead of accepting them.</summary>
    public ConcurrentQueue<Func<HttpContext, Task>> NextPostAnswers { get; } = new();

    /// <summary>While set, posts end in a cut line. Once is not enough: a browser asks again by itself on a reused connection.</summary>
    public bool CutsPosts { get; set; }

    /// <summary>While set, event streams are refused with 503, which makes a browser give up.</summary>
    public bool RefusesViewers { get; set; }

    public int OpenLines => Volatile.Read(ref _viewers);

    public Task StartAsync() => _app.StartAsync();

    public async ValueTask DisposeAsync()
    {
        BreakLines();
        await _app.DisposeAsync();
    }

    public static Func<HttpContext, Task> Refusal(int status, string code, string detail, bool retryable = false, string? retryAfter = null) => context =>
    {
        if (retryAfter is not null)
            context.Response.Headers.RetryAfter = retryAfter;
        return Results.Json(
            new { type = "about:blank", title = code, status, detail, code, retryable },
            contentType: "application/problem+json", statusCode: status).ExecuteAsync(context);
    };

    public void Add(string username, string content) => Append(username, username, content, idempotencyKey: null);

    /// <summary>Ends every open event stream in the middle, as a dying server does.</summary>
    public void BreakLines() => Interlocked.Exchange(ref _line, new CancellationTokenSource()).Cancel();

    /// <summary>The log went backwards: a new epoch with nothing in it. Open viewers are told.</summary>
    public void StartAfresh()
    {
        lock (_gate)
        {
            _epoch++;
            _log.Clear();
            SignalChange_NeedsLock();
        }
    }

    private (object Comment, string Cursor) Append(string userId, string username, string content, string? idempotencyKey)
    {
        lock (_gate)
        {
            var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            var comment = new
            {
                id = (_nextId++).ToString(CultureInfo.InvariantCulture),
                streamId = "demo",
                userId,
                username,
                avatarUrl = (string?)null,
                content,
                parentId = (string?)null,
                mentions = Array.Empty<string>(),
                isHighlighted = false,
                isPinned = false,
                isPaid = false,
                reactionCounts = new Dictionary<string, int>(),
                createdAt = now,
                mediaTimeMs = (long?)null,
                idempotencyKey,
                receivedAt = now,
            };
            // Holes, as other events of the log leave them.
            var sequence = (_log.LastOrDefault()?.Sequence ?? 0) + 2;
            _log.Add(new(sequence, comment));
            SignalChange_NeedsLock();
            return (comment, Cursor(_epoch, sequence));
        }
    }

    private void SignalChange_NeedsLock()
    {
        _changed.SetResult();
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static string Cursor(int epoch, int sequence) => string.Create(CultureInfo.InvariantCulture, $"{epoch}-{sequence}");

    private IResult GiveToken(NameBody body) => Results.Json(new
    {
        token = $"token-of-{body.Username}",
        expiresAt = TimeProvider.System.GetUtcNow().AddHours(1),
        user = new { id = $"id-{body.Username}", username = body.Username, displayName = body.DisplayName, avatarUrl = (string?)null, role = "user" },
    });

    private Task GetStream(HttpContext context, string streamId) => streamId == "demo"
        ? Results.Json(new { id = "demo", title = Title, description = Description, status = "live" }).ExecuteAsync(context)
        : Refusal(404, "STREAM_NOT_FOUND", "There is no stream with this id.")(context);

    private async Task PostAsync(HttpContext context, ContentBody body)
    {
        var key = context.Request.Headers["Idempotency-Key"].ToString();
        var authorization = context.Request.Headers.Authorization.ToString();
        Posts.Enqueue(new(authorization, key, body.Content));
        if (CutsPosts)
        {
            context.Abort();
            return;
        }

        if (NextPostAnswers.TryDequeue(out var answer))
        {
            await answer(context);
            return;
        }

        var username = authorization["Bearer token-of-".Length..];
        var (comment, cursor) = Append($"id-{username}", username, body.Content, key);
        var json = JsonSerializer.SerializeToNode(comment, Json)!;
        json["cursor"] = cursor;
        await Results.Json(json, statusCode: 201).ExecuteAsync(context);
    }

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
        var count = Interlocked.Increment(ref _viewers);
        try
        {
            await context.Response.WriteAsync(RetrySoon, ended.Token);
            await SendAsync(context, null, "viewer_count", new { streamId = "demo", count }, ended.Token);
            await FollowLogAsync(context, place, ended.Token);
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

    private async Task FollowLogAsync(HttpContext context, string place, CancellationToken ended)
    {
        var parts = place.Split('-');
        var (epoch, sent) = place.Length > 0 ? (int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture)) : (0, 0);
        while (true)
        {
            Entry[] entries;
            Task changed;
            int now;
            lock (_gate)
            {
                (now, changed) = (_epoch, _changed.Task);
                entries = [.. now == epoch ? _log.Where(entry => entry.Sequence > sent) : _log.TakeLast(50)];
            }

            if (epoch != 0 && epoch != now)
                await SendAsync(context, null, "reset", new { streamId = "demo", reason = "new_epoch" }, ended);
            if (entries.Length > 0)
            {
                var previous = epoch == now ? Cursor(epoch, sent) : null;
                sent = entries[^1].Sequence;
                await SendAsync(context, Cursor(now, sent), "comments_batch", new
                {
                    streamId = "demo",
                    comments = entries.Select(entry => entry.Comment),
                    isBackfill = epoch != now,
                    cursor = Cursor(now, sent),
                    previousCursor = previous,
                    omitted = 0,
                }, ended);
            }

            if (epoch != now)
                (epoch, sent) = (now, entries.LastOrDefault()?.Sequence ?? 0);
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
