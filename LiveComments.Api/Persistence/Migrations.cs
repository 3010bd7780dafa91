using Npgsql;

namespace LiveComments.Api.Persistence;

/// <summary>Brings the database to the newest schema: embedded SQL files, in the order of their names, each once, each in a transaction.</summary>
static class Migrations
{
    // Any fixed number; tells our migrations from other users of advisory locks in the same database.
    private const long LockKey = 0x4C43_4D49_4752;

    public static async Task ApplyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // Several Api processes start at once: one migrates, the others wait and find it done.
        await ExecuteAsync(connection, $"select pg_advisory_lock({LockKey})", cancellationToken);
        try
        {
            await ExecuteAsync(connection, "create table if not exists schema_migrations (name text primary key, applied_at timestamptz not null default now())", cancellationToken);
            var applied = await AppliedAsync(connection, cancellationToken);
            foreach (var name in Names().Where(name => !applied.Contains(name)))
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await ExecuteAsync(connection, await ReadAsync(name, cancellationToken), cancellationToken);
                await using var command = new NpgsqlCommand("insert into schema_migrations (name) values ($1)", connection) { Parameters = { new() { Value = name } } };
                await command.ExecuteNonQueryAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }
        }
        finally
        {
            await ExecuteAsync(connection, $"select pg_advisory_unlock({LockKey})", CancellationToken.None);
        }
    }

    private static IEnumerable<string> Names() =>
        typeof(Migrations).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private static async Task<HashSet<string>> AppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var applied = new HashSet<string>(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand("select name from schema_migrations", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            applied.Add(reader.GetString(0));
        return applied;
    }

    private static async Task<string> ReadAsync(string name, CancellationToken cancellationToken)
    {
        await using var resource = typeof(Migrations).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(resource);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
