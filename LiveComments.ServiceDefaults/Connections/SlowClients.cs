using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LiveComments.ServiceDefaults.Connections;

/// <summary>Clients that hold a connection by being slow: each step that one may be slow at has its end.</summary>
public static class SlowClients
{
    /// <summary>For the whole head of a request, from its first byte on. It is one packet or two; a phone that loses one sends it again within seconds.</summary>
    public static readonly TimeSpan HeadTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Without a request. More than load balancers keep a connection that is idle, mostly 60 s: they must be the first to close it, or a request of
    /// theirs meets our close half-way.
    /// </summary>
    public static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(130);

    /// <summary>Slower than the slowest telephone line, and the connection ends: while a body is read, or an answer is not taken.</summary>
    public const double LeastBytesPerSecond = 240;

    /// <summary>How long it may be slower than that.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public static TBuilder AddSlowClientLimits<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.Services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.Limits.RequestHeadersTimeout = HeadTimeout;
            kestrel.Limits.KeepAliveTimeout = IdleTimeout;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(LeastBytesPerSecond, Grace);
            kestrel.Limits.MinResponseDataRate = new MinDataRate(LeastBytesPerSecond, Grace);
        });
        return builder;
    }
}
