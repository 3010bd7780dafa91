using Microsoft.Extensions.Diagnostics.HealthChecks;
using StackExchange.Redis;

namespace Aspire.StackExchange.Redis;

/// <summary>Healthy when every endpoint answers: a ping, or on a cluster that its state is ok.</summary>
internal sealed class RedisHealthCheck(Func<IConnectionMultiplexer> connect) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            // The first use may connect, which blocks and may throw: neither is for the caller.
            var connection = await Task.Run(connect, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
            foreach (var endPoint in connection.GetEndPoints(configuredOnly: true))
            {
                var server = connection.GetServer(endPoint);
                if (server.ServerType != ServerType.Cluster)
                {
                    await connection.GetDatabase().PingAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
                    await server.PingAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
                    continue;
                }

                var state = await server.ExecuteAsync("CLUSTER", "INFO").WaitAsync(cancellationToken).ConfigureAwait(false);
                if (state.IsNull || !state.ToString().Contains("cluster_state:ok", StringComparison.OrdinalIgnoreCase))
                    return new HealthCheckResult(context.Registration.FailureStatus, $"The cluster is not ok on {endPoint}.");
            }

            return HealthCheckResult.Healthy();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, exception: exception);
        }
    }
}
