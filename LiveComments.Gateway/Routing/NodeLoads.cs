using System.Collections.Concurrent;
using System.Globalization;
using LiveComments.Contracts;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace LiveComments.Gateway.Routing;

/// <summary>
/// How many viewers each Fanout node has. A node says so in its answer to every health probe, so the number is right
/// whichever gateway sent them there; what this gateway sent since the last probe is added.
/// </summary>
sealed class NodeLoads
{
    private readonly ConcurrentDictionary<string, Load> _loads = new(StringComparer.Ordinal);

    public long Of(string destinationId) => _loads.TryGetValue(destinationId, out var load) ? load.Reported + Volatile.Read(ref load.SentSince) : 0;

    public void Sent(string destinationId) => Interlocked.Increment(ref _loads.GetOrAdd(destinationId, _ => new Load(0)).SentSince);

    public void Reported(string destinationId, long viewers) => _loads[destinationId] = new Load(viewers);

    private sealed class Load(long reported)
    {
        public long SentSince;

        public long Reported { get; } = reported;
    }
}

/// <summary>Reads the nodes' loads from their answers to probes, and leaves the judgement on their health to YARP's own policy.</summary>
sealed class LoadReadingHealthPolicy(NodeLoads loads, IServiceProvider services) : IActiveHealthCheckPolicy
{
    public const string PolicyName = "LoadReading";

    public string Name => PolicyName;

    public void ProbingCompleted(ClusterState cluster, IReadOnlyList<DestinationProbingResult> probingResults)
    {
        foreach (var result in probingResults)
        {
            if (result.Response?.Headers.TryGetValues(LiveHeaders.Viewers, out var values) == true
                && long.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var viewers))
                loads.Reported(result.Destination.DestinationId, viewers);
        }

        // Asked for here and not in the constructor: this policy is one of those that are asked for.
        services.GetServices<IActiveHealthCheckPolicy>().First(policy => policy.Name == HealthCheckConstants.ActivePolicy.ConsecutiveFailures)
            .ProbingCompleted(cluster, probingResults);
        // One failed probe may be an accident; a node that says so itself is believed at once.
        var stopping = probingResults.Where(result => result.Response?.Headers.Contains(LiveHeaders.Stopping) == true)
            .Select(result => new NewActiveDestinationHealth(result.Destination, DestinationHealth.Unhealthy)).ToList();
        if (stopping.Count > 0)
            services.GetRequiredService<IDestinationHealthUpdater>().SetActive(cluster, stopping);
    }
}
