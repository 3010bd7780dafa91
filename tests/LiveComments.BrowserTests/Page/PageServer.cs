using System.Collections.Concurrent;
using System.Net;
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
public sealed partial class PageServer : IAsyncDisposable
{
    // The gateway's policy, but for pictures and videos of others: nothing here has any.
    private const string ContentSecurityPolicy =
        "default-src 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'; require-trusted-types-for 'script'";

    private readonly WebApplication _app;

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
        MapRest();
        _app.MapGet("/live/streams/{streamId}/events", StreamEventsAsync);
        _app.MapFallbackToFile("index.html", new StaticFileOptions { FileProvider = client });
    }

    /// <summary>A post as it came over the wire.</summary>
    public sealed record ReceivedPost(string? Authorization, string? IdempotencyKey, string Content, string? ParentId);

    public string Url => _app.Urls.First();

    /// <summary>The address of the only stream.</summary>
    public string StreamUrl => $"{Url}/streams/demo";

    public string Title { get; set; } = "Launch night";

    public string Description { get; set; } = "Two hours until lift-off, live from the pad.";

    public string Status { get; set; } = "live";

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
}
