using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace LiveComments.Fanout.Transports.Sockets;

/// <summary>Puts <see cref="ControlFrames"/> between the web server and a WebSocket that is opened, over HTTP/1.1 or HTTP/2.</summary>
static class WatchedUpgrade
{
    private const string WebSocket = "websocket";

    /// <summary>Comes before the middleware that does the handshake.</summary>
    public static void UseWatchedUpgrades(this WebApplication app)
    {
        var clock = app.Services.GetRequiredService<TimeProvider>();
        app.Use((context, next) =>
        {
            var features = context.Features;
            if (features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
                features.Set<IHttpExtendedConnectFeature>(new WatchedConnect(connect, context, clock));
            else if (features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade && string.Equals(context.Request.Headers[HeaderNames.Upgrade], WebSocket, StringComparison.OrdinalIgnoreCase))
                features.Set<IHttpUpgradeFeature>(new WatchedHttp1(upgrade, context, clock));
            return next(context);
        });
    }

    private static ControlFrames Watch(Stream stream, HttpContext context, TimeProvider clock)
    {
        var frames = new ControlFrames(stream, clock);
        context.Features.Set(frames);
        return frames;
    }

    private sealed class WatchedHttp1(IHttpUpgradeFeature inner, HttpContext context, TimeProvider clock) : IHttpUpgradeFeature
    {
        public bool IsUpgradableRequest => inner.IsUpgradableRequest;

        public async Task<Stream> UpgradeAsync() => Watch(await inner.UpgradeAsync(), context, clock);
    }

    private sealed class WatchedConnect(IHttpExtendedConnectFeature inner, HttpContext context, TimeProvider clock) : IHttpExtendedConnectFeature
    {
        public bool IsExtendedConnect => inner.IsExtendedConnect;

        public string? Protocol => inner.Protocol;

        public async ValueTask<Stream> AcceptAsync() => Watch(await inner.AcceptAsync(), context, clock);
    }
}
