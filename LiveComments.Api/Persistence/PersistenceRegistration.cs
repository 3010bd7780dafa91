using LiveComments.ServiceDefaults.Breakers;
using LiveComments.ServiceDefaults.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace LiveComments.Api.Persistence;

static class PersistenceRegistration
{
    // To have a connection to Postgres, a new one or one from the pool.
    private static readonly TimeSpan DatabaseConnectTimeout = TimeSpan.FromSeconds(2);

    // For the persister's batches and the migrations, which nobody waits for. Reads are given less: DatabaseReads, UsedKeys.
    private static readonly TimeSpan DatabaseCommandTimeout = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan RedisConnectTimeout = TimeSpan.FromSeconds(2);

    // Until the client itself gives a command up; whoever has less patience says so (CommentAdmission, RedisMemoryWatch, NodeLease).
    private static readonly TimeSpan RedisCommandTimeout = TimeSpan.FromSeconds(2);

    public static void AddPersistence(this IHostApplicationBuilder builder)
    {
        // Our own checks below: they have names and time-outs of ours, and a database that is away must not take Api out of service.
        builder.AddNpgsqlDataSource(
            "comments",
            settings =>
            {
                settings.DisableHealthChecks = true;
                if (settings.ConnectionString is { Length: > 0 } connectionString)
                    settings.ConnectionString = WithTimeouts(connectionString);
            });
        builder.AddRedisClient("redis", settings =>
        {
            settings.DisableHealthChecks = true;
            // Connect before the first request comes. The connecting blocks its thread: when many clients come to a fresh
            // process at once, that takes every thread of the pool, those that would finish the connecting among them
            // (256 connections on 2 cores: no answer to anybody for 11 s).
            settings.DisableAutoActivation = false;
        }, options =>
        {
            // Redis may be away when we start; it is looked for until it is there.
            options.AbortOnConnectFail = false;
            options.ConnectTimeout = (int)RedisConnectTimeout.TotalMilliseconds;
            options.SyncTimeout = options.AsyncTimeout = (int)RedisCommandTimeout.TotalMilliseconds;
        });
        builder.Services.AddSingleton<BreakerMetrics>();
        builder.Services.AddSingleton<DatabaseReads>();
        builder.AddHistoryReplica(WithTimeouts);
        builder.Services.AddHealthChecks()
            .AddCheck<DatabaseHealth>("db", timeout: HealthEndpoints.DatabaseTimeout)
            .AddRedis();
        builder.Services.AddSingleton<PersistenceMetrics>();
        builder.Services.AddHostedService<Persister>();
    }

    private static string WithTimeouts(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString)
    {
        Timeout = (int)DatabaseConnectTimeout.TotalSeconds,
        CommandTimeout = (int)DatabaseCommandTimeout.TotalSeconds,
        // A cancelled command's connection is given up at once: waiting for a server that hangs to say that it stopped is in vain.
        CancellationTimeout = -1,
    }.ConnectionString;

    private sealed class DatabaseHealth(NpgsqlDataSource database) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            var stop = new CancellationTokenSource();
            try
            {
                await AskAsync(stop.Token).WaitAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (OperationCanceledException)
            {
                // Not awaited: telling a Postgres that hangs to stop takes as long as it hangs.
                _ = stop.CancelAsync();
                throw;
            }
        }

        private async Task AskAsync(CancellationToken cancellationToken)
        {
            await using var command = database.CreateCommand("select 1");
            await command.ExecuteScalarAsync(cancellationToken);
        }
    }
}
