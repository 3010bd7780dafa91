using System.Net;
using LiveComments.ServiceDefaults.Proxies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace LiveComments.UnitTests.Proxies;

/// <summary>A service of which a test says who is at the other end of the connection. It answers with whom it took for its client.</summary>
sealed class WhoseAddress : IAsyncDisposable
{
    private const string Peer = "X-Test-Peer";

    private readonly WebApplication _app;
    private readonly HttpClient _client = new();

    private WhoseAddress(WebApplication app) => _app = app;

    public static async Task<WhoseAddress> StartAsync(params string[] trusted)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(trusted.Select((network, index) => KeyValuePair.Create($"Proxies:Trusted:{index}", (string?)network)));
        builder.AddTrustedProxies();
        var app = builder.Build();
        app.Use((context, next) =>
        {
            context.Connection.RemoteIpAddress = IPAddress.Parse(context.Request.Headers[Peer].ToString());
            return next(context);
        });
        app.UseTrustedProxies();
        app.MapFallback((HttpContext context) => $"{context.Connection.RemoteIpAddress} {context.Request.Scheme} {context.Request.Host} {context.Request.PathBase}{context.Request.Path}");
        await app.StartAsync();
        return new WhoseAddress(app);
    }

    /// <summary>Address, scheme, host and path, as the service took them.</summary>
    public async Task<string> AskAsync(string peer, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(_app.Urls.Single()), "/path")) { Headers = { Host = "good.example" } };
        request.Headers.Add(Peer, peer);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await _client.SendAsync(request);
        return $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }
}
