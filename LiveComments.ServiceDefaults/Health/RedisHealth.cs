using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using StackExchange.Redis;

namespace LiveComments.ServiceDefaults.Health;

/// <summary>Healthy when Redis answers a ping.</summary>
sealed class RedisHealth(IConnectionMultiplexer redis) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await redis.GetDatabase().PingAsync().WaitAsync(cancellationToken);
        return HealthCheckResult.Healthy();
    }
}

/// <summary>For services that have Redis.</summary>
public static class RedisHealthSetup
{
    public static IHealthChecksBuilder AddRedis(this IHealthChecksBuilder checks) => checks.AddCheck<RedisHealth>("redis", timeout: HealthEndpoints.RedisTimeout);
}
