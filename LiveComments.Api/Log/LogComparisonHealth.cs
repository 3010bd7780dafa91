using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LiveComments.Api.Log;

/// <summary>Unhealthy when nats-server is there, and the log has still not been compared with what is known of it: appends wait for that.</summary>
sealed class LogComparisonHealth(LogTrust trust) : IHealthCheck
{
    // A comparison takes milliseconds, and a new epoch of many live streams some seconds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(trust.ComparisonOverdue > Patience
            ? HealthCheckResult.Unhealthy("The log has not been compared with what is known of it.")
            : HealthCheckResult.Healthy());
}
