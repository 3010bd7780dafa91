using Aspire.Hosting.ApplicationModel;
using Npgsql;

namespace Aspire.Hosting.Postgres;

internal static class PostgresDatabases
{
    public static async Task<NpgsqlConnection> OpenAsync(PostgresServerResource server, string database, CancellationToken cancellationToken)
    {
        var given = await server.GetConnectionStringAsync(cancellationToken).ConfigureAwait(false);
        // No pool: a connection that is kept open would hold up the server's stop.
        var settings = new NpgsqlConnectionStringBuilder(given) { Host = "127.0.0.1", Database = database, Pooling = false, Timeout = 5, CommandTimeout = 30 };
        var connection = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public static async Task CreateMissingAsync(PostgresServerResource server, CancellationToken cancellationToken)
    {
        if (server.Databases.Count == 0)
            return;
        await using var connection = await OpenAsync(server, "postgres", cancellationToken).ConfigureAwait(false);
        foreach (var name in server.Databases.Values.Distinct(StringComparer.Ordinal))
        {
            using var create = connection.CreateCommand();
            // A name can't be a parameter; doubling quotes is all that quoting an identifier takes.
            create.CommandText = $"CREATE DATABASE \"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
            try
            {
                await create.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException there) when (there.SqlState == PostgresErrorCodes.DuplicateDatabase)
            {
                // Kept from an earlier run.
            }
        }
    }
}
