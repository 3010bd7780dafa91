using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LiveComments.Fanout.Draining;

/// <summary>A node that stops is not ready from that moment on, long before it is gone.</summary>
sealed class DrainHealth(Drain drain) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(drain.HasBegun ? HealthCheckResult.Unhealthy("This node stops.") : HealthCheckResult.Healthy());
}
