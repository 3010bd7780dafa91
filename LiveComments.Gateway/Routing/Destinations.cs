using System.Text;
using LiveComments.Contracts;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace LiveComments.Gateway.Routing;

/// <summary>
/// Where the services are, from the configuration that Aspire gives (<c>services:api:http:0</c>,
/// <c>services:fanout-1:http:0</c> …). Each Fanout node is a service of its own, so that the gateway can choose among them.
/// </summary>
static class Destinations
{
    /// <summary>YARP ends a stream that is silent for this long; the heartbeat keeps it from being so.</summary>
    public static readonly TimeSpan StreamActivityTimeout = 4 * Limits.HeartbeatInterval;

    private const string Section = "services";
    private const string FanoutPrefix = "fanout";

    // An answer of Api takes milliseconds; one that took this long won't come.
    private static readonly TimeSpan ApiTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan HealthInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(1);

    /// <exception cref="InvalidOperationException">A service has no address.</exception>
    public static IReadOnlyList<ClusterConfig> Read(IConfiguration configuration)
    {
        var services = configuration.GetSection(Section).GetChildren().ToList();
        return
        [
            Cluster(ProxyRoutes.ApiCluster, [.. services.Where(service => service.Key == ProxyRoutes.ApiCluster)], policy: null, ApiTimeout, configuration),
            Cluster(ProxyRoutes.FanoutCluster, [.. services.Where(service => service.Key.StartsWith(FanoutPrefix, StringComparison.OrdinalIgnoreCase))], StreamAffinity.PolicyName, StreamActivityTimeout, configuration),
        ];
    }

    private static ClusterConfig Cluster(string id, IReadOnlyList<IConfigurationSection> services, string? policy, TimeSpan activityTimeout, IConfiguration configuration)
    {
        var destinations = services
            .SelectMany(service => service.GetSection("http").GetChildren().Select(address => (Name: $"{service.Key}-{address.Key}", address.Value, Public: PublicAddress(configuration, service.Key) ?? address.Value)))
            .Where(destination => destination.Value is not null)
            .ToDictionary(destination => destination.Name, Destination, StringComparer.OrdinalIgnoreCase);
        if (destinations.Count == 0)
            throw new InvalidOperationException($"The gateway knows no address of '{id}': set {Section}:{id}…:http:0 (environment {Section}__{id}__http__0).");
        return new ClusterConfig
        {
            ClusterId = id,
            Destinations = destinations,
            LoadBalancingPolicy = policy,
            // What came in as UTF-8 goes on as UTF-8: whether a header may have that in it is for the service to say. As ASCII it can't go on at all.
            HttpClient = new HttpClientConfig { RequestHeaderEncoding = Encoding.UTF8.WebName },
            HttpRequest = new ForwarderRequestConfig { ActivityTimeout = activityTimeout, AllowResponseBuffering = false },
            HealthCheck = new HealthCheckConfig
            {
                // With every node down it is better to try one and hear why.
                AvailableDestinationsPolicy = "HealthyOrPanic",
                Active = new ActiveHealthCheckConfig { Enabled = true, Path = "/health", Interval = HealthInterval, Timeout = HealthTimeout, Policy = LoadReadingHealthPolicy.PolicyName },
            },
        };
    }

    private static string? PublicAddress(IConfiguration configuration, string service) => configuration[$"{GatewayOptions.Section}:{nameof(GatewayOptions.PublicAddresses)}:{service}"];

    private static DestinationConfig Destination((string Name, string? Value, string? Public) destination) => new()
    {
        Address = destination.Value!,
        Metadata = new Dictionary<string, string> { [StreamRedirect.PublicAddress] = destination.Public! },
    };
}
