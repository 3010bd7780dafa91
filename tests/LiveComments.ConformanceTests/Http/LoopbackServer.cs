using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LiveComments.ConformanceTests.Http;

/// <summary>A real Kestrel on a free loopback port; remembers the bodies of the requests that it has had.</summary>
public sealed class LoopbackServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LoopbackServer(WebApplication app, ConcurrentQueue<string> bodies)
    {
        _app = app;
        Bodies = bodies;
        Address = new Uri(app.Urls.First());
    }

    public ConcurrentQueue<string> Bodies { get; }

    public int Requests => Bodies.Count;

    public Uri Address { get; }

    /// <param name="answer">Gets the number of the request, from 1 on.</param>
    public static Task<LoopbackServer> StartAsync(Func<HttpContext, int, Task> answer)
    {
        var bodies = new ConcurrentQueue<string>();
        return StartAsync(bodies, services => { }, app => app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync(context.RequestAborted);
            bodies.Enqueue(body);
            await answer(context, bodies.Count);
        }));
    }

    public static Task<LoopbackServer> StartAsync(Action<IServiceCollection> services, Action<WebApplication> configure) =>
        StartAsync([], services, configure);

    public IServiceProvider Services => _app.Services;

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static async Task<LoopbackServer> StartAsync(
        ConcurrentQueue<string> bodies,
        Action<IServiceCollection> services,
        Action<WebApplication> configure)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        services(builder.Services);
        var app = builder.Build();
        configure(app);
        await app.StartAsync();
        return new LoopbackServer(app, bodies);
    }
}
