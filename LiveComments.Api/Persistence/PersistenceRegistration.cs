using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using StackExchange.Redis;

namespace LiveComments.Api.Persistence;

static class PersistenceRegistration
{
    private static readonly TimeSpan DatabaseHealthTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RedisHealthTimeout = TimeSpan.FromSeconds(1);

    public static void AddPersistence(this IHostApplicationBuilder builder)
    {
        // Our own checks below: they have names and time-outs of ours, and a database that is away must not take Api out of service.
        builder.AddNpgsqlDataSource("comments", settings => settings.DisableHealthChecks = true);
        builder.AddRedisClient("redis", settings =>
        {
            settings.DisableHealthChecks = true;
            // Connect before the first request comes. The connecting blocks its thread: when many clients come to a fresh
            // process at once, that takes every thread of the pool, those that would finish the connecting among them
            // (256 connections on 2 cores: no answer to anybody for 11 s).
            settings.DisableAutoActivation = false;
        });
        builder.Services.AddHealthChecks()
            .AddCheck<DatabaseHealth>("db", timeout: DatabaseHealthTimeout)
            .AddCheck<RedisHealth>("redis", timeout: RedisHealthTimeout);
        builder.Services.AddHostedService<Persister>();
    }

    private sealed class DatabaseHealth(NpgsqlDataSource database) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            await using var command = database.CreateCommand("select 1");
            await command.ExecuteScalarAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
    }

    private sealed class RedisHealth(IConnectionMultiplexer redis) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            await redis.GetDatabase().PingAsync().WaitAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
    }
}
