using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LiveComments.Fanout.Draining;

/// <summary>A node that stops is not ready from that moment on, long before it is gone.</summary>
sealed class DrainHealth(NodeEnd end) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(end.HasBegun ? HealthCheckResult.Unhealthy("This node stops.") : HealthCheckResult.Healthy());
}
