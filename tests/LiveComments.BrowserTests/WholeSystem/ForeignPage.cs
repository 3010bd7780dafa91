using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LiveComments.BrowserTests.WholeSystem;

/// <summary>Somebody else's web server, whose page may do whatever browsers allow.</summary>
sealed class ForeignPage : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ForeignPage(WebApplication app) => _app = app;

    public int Port => new Uri(_app.Urls.Single()).Port;

    public static async Task<ForeignPage> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapFallback(() => Results.Content("<!doctype html><title>evil</title><iframe name=sink></iframe>", "text/html"));
        await app.StartAsync();
        return new ForeignPage(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
