using Microsoft.Extensions.Diagnostics.HealthChecks;
using NATS.Client.Core;

namespace LiveComments.ServiceDefaults.Log;

/// <summary>Healthy when nats-server answers a ping.</summary>
public sealed class NatsHealth(INatsConnection connection) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (connection.ConnectionState != NatsConnectionState.Open)
            return HealthCheckResult.Unhealthy($"The connection to NATS is {connection.ConnectionState}.");
        await connection.PingAsync(cancellationToken);
        return HealthCheckResult.Healthy();
    }
}

/// <summary>Healthy once the log has been found, and with it the epoch.</summary>
public sealed class LogHealth(CurrentLog log) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(log.Handle is null ? HealthCheckResult.Unhealthy("The log has not been found yet.") : HealthCheckResult.Healthy(data: new Dictionary<string, object> { ["epoch"] = log.Handle.Epoch }));
}
