using LiveComments.Contracts;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Model;

namespace LiveComments.Gateway.Routing;

/// <summary>In <see cref="StreamMode.Redirect"/>, answers a viewer with the address of its node instead of carrying the node's bytes.</summary>
static class StreamRedirect
{
    /// <summary>A destination's metadata that says where viewers reach it.</summary>
    public const string PublicAddress = "PublicAddress";

    /// <summary>Where a page may be sent to, beside its own origin: the page's policy must allow it.</summary>
    public static IEnumerable<string> Origins(WebApplication app) => IsOn(app.Services)
        ? Destinations.Read(app.Configuration).Single(cluster => cluster.ClusterId == ProxyRoutes.FanoutCluster).Destinations!.Values
            .Select(node => new Uri(node.Metadata![PublicAddress]).GetLeftPart(UriPartial.Authority))
        : [];

    public static void UseStreamRedirect(this IReverseProxyApplicationBuilder proxy)
    {
        if (!IsOn(proxy.ApplicationServices))
            return;
        proxy.Use((context, next) =>
        {
            var feature = context.GetReverseProxyFeature();
            var isUpgrade = context.Request.Headers.Upgrade.Count > 0;
            if (feature.Cluster.Config.ClusterId != ProxyRoutes.FanoutCluster || !HttpMethods.IsGet(context.Request.Method) || isUpgrade || feature.AvailableDestinations is not [var node, ..])
                return next(context);
            var address = new Uri(node.Model.Config.Metadata![PublicAddress]);
            // 307 keeps the method; never stored, since the node may be another one the next time.
            context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Headers.Location = new Uri(address, context.Request.Path.ToUriComponent() + context.Request.QueryString.ToUriComponent()).AbsoluteUri;
            return Task.CompletedTask;
        });
    }

    private static bool IsOn(IServiceProvider services) => services.GetRequiredService<IOptions<GatewayOptions>>().Value.StreamMode == StreamMode.Redirect;
}
