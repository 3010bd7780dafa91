using LiveComments.Api.Persistence;
using Npgsql;
using Polly.CircuitBreaker;

namespace LiveComments.Api.Users;

/// <summary>What users are called, by what their comments said last: for lists that name people by id.</summary>
sealed class UserNames(NpgsqlDataSource database, DatabaseReads reads)
{
    /// <summary>Id → name, of those who have commented; nothing while Postgres is away, since a list without names is better than none.</summary>
    public async Task<IReadOnlyDictionary<string, string>> OfAsync(IEnumerable<string> userIds, CancellationToken cancellationToken)
    {
        string[] ids = [.. userIds.Distinct(StringComparer.Ordinal)];
        if (ids.Length == 0)
            return new Dictionary<string, string>();
        try
        {
            return await reads.ReadAsync(token => ReadAsync(ids, token), cancellationToken);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or BrokenCircuitException)
        {
            return new Dictionary<string, string>();
        }
    }

    private async Task<IReadOnlyDictionary<string, string>> ReadAsync(string[] ids, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select id, coalesce(display_name, username) from users where id = any($1)");
        command.Parameters.Add(new() { Value = ids });
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            names[reader.GetString(0)] = reader.GetString(1);
        return names;
    }
}
