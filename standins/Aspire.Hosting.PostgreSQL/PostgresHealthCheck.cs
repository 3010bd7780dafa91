using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Aspire.Hosting.Postgres;

internal sealed class PostgresHealthCheck(PostgresServerResource server, string database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var connection = await PostgresDatabases.OpenAsync(server, database, cancellationToken).ConfigureAwait(false);
            using var ask = connection.CreateCommand();
            ask.CommandText = "SELECT 1";
            _ = await ask.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
            return HealthCheckResult.Healthy();
        }
        catch (PostgresException refusal) when (refusal.SqlState == PostgresErrorCodes.InvalidPassword)
        {
            return HealthCheckResult.Unhealthy($"The kept data was made with another password; delete it, or give that password as Parameters:{server.PasswordParameter.Name}", refusal);
        }
        catch (Exception failure) when (failure is NpgsqlException or IOException or TimeoutException)
        {
            return HealthCheckResult.Unhealthy("does not answer yet", failure);
        }
    }
}
