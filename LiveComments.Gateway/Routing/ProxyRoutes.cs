using Yarp.ReverseProxy.Configuration;

namespace LiveComments.Gateway.Routing;

/// <summary>Which address goes to which service.</summary>
static class ProxyRoutes
{
    public const string ApiCluster = "api";
    public const string FanoutCluster = "fanout";

    /// <summary>The route value that <see cref="StreamAffinity"/> goes by.</summary>
    public const string StreamId = "streamId";

    /// <summary>The route value with what lies behind the stream's id.</summary>
    public const string Rest = "rest";

    public static IReadOnlyList<RouteConfig> All { get; } =
    [
        Route("api", ApiCluster, "/api/{**rest}"),
        Route("openapi", ApiCluster, "/openapi/{**rest}"),
        Route("live-stream", FanoutCluster, $"/live/streams/{{{StreamId}}}/{{**{Rest}}}"),
        Route("live", FanoutCluster, "/live/{**rest}"),
    ];

    private static RouteConfig Route(string id, string cluster, string path) =>
        new() { RouteId = id, ClusterId = cluster, Match = new RouteMatch { Path = path } };
}
