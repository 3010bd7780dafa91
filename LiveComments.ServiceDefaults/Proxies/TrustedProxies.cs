using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;

namespace LiveComments.ServiceDefaults.Proxies;

/// <summary>
/// The address of a client is that of the connection, or what a trusted proxy says that it is, and so is whether it came by
/// https. What anybody else says in <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> counts for nothing.
/// </summary>
public static partial class TrustedProxies
{
    private static readonly IPNetwork[] Loopback = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    private static long _disbelieved;

    public static TBuilder AddTrustedProxies<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddOptions<ProxyOptions>().BindConfiguration(ProxyOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        // After all others: ASPNETCORE_FORWARDEDHEADERS_ENABLED, which orchestrators set, would have everybody believed.
        builder.Services.AddOptions<ForwardedHeadersOptions>().PostConfigure<IOptions<ProxyOptions>>((forwarded, proxies) =>
        {
            // The scheme, since TLS mostly ends before us. Never the host: links have none, and a page's own origin is a matter of what its browser asked for.
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            // From the nearest backwards, as long as proxies are trusted.
            forwarded.ForwardLimit = null;
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var network in Networks(proxies.Value))
                forwarded.KnownIPNetworks.Add(network);
        });
        return builder;
    }

    public static IApplicationBuilder UseTrustedProxies(this IApplicationBuilder app)
    {
        app.UseForwardedHeaders();
        var logger = app.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(TrustedProxies));
        app.Use((context, next) =>
        {
            // Still there when whoever sent it was not believed; who was has left its own word in X-Original-For.
            if (context.Request.Headers.ContainsKey(ForwardedHeadersDefaults.XForwardedForHeaderName) && !context.Request.Headers.ContainsKey(ForwardedHeadersDefaults.XOriginalForHeaderName))
            {
                // At the first and then at every doubling: whoever likes can send it.
                if (long.IsPow2(Interlocked.Increment(ref _disbelieved)))
                    NotBelieved(logger, context.Connection.RemoteIpAddress);
            }

            return next(context);
        });
        return app;
    }

    /// <summary>Whether the request is a trusted proxy's own, and not one that it forwards for somebody.</summary>
    public static bool IsProxyItself(HttpContext context, ProxyOptions proxies) =>
        context.Connection.RemoteIpAddress is { } address
        && !context.Request.Headers.ContainsKey(ForwardedHeadersDefaults.XForwardedForHeaderName)
        && !context.Request.Headers.ContainsKey(ForwardedHeadersDefaults.XOriginalForHeaderName)
        && Networks(proxies).Any(network => network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address));

    private static IEnumerable<IPNetwork> Networks(ProxyOptions proxies) => Loopback.Concat(proxies.Trusted.Select(text => ProxyOptions.NetworkOf(text)!.Value));

    [LoggerMessage(LogLevel.Warning, "{Peer} says for whom it speaks, and is no trusted proxy: all its clients count as one address. If it is one of yours, add it to Proxies:Trusted.")]
    private static partial void NotBelieved(ILogger logger, IPAddress? peer);
}
