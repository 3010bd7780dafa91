using LiveComments.Bench.Common.Machine;
using LiveComments.TestSupport;

namespace LiveComments.Bench.WritePath.Targets;

/// <summary>A system that takes comments, with servers of its own that nobody used before.</summary>
abstract class Target : IAsyncDisposable
{
    private readonly List<ChildProcess> _processes = [];

    public abstract string Name { get; }

    public PostgresServer Postgres { get; } = new();

    public RedisServer Redis { get; } = new(isKept: false);

    /// <summary>Where comments are posted.</summary>
    public abstract IReadOnlyList<int> Ports { get; }

    /// <summary>Every process whose CPU counts, with the name it has in the results.</summary>
    public virtual IEnumerable<(string Name, int Id)> Processes =>
        [.. _processes.Select(process => (process.Name, process.Id)), ("redis-server", Redis.ProcessId), .. Postgres.IsRunning ? [("postgres", Postgres.ProcessId)] : Array.Empty<(string, int)>()];

    /// <summary>Makes the streams and returns their ids.</summary>
    public abstract Task<IReadOnlyList<string>> StartAsync(int streams, byte[] token);

    /// <summary>How many comments Postgres has.</summary>
    public abstract Task<long> StoredAsync();

    /// <summary>Bytes that the server processes have allocated so far; null when they don't tell.</summary>
    public virtual Task<IReadOnlyList<double>?> AllocatedAsync() => Task.FromResult<IReadOnlyList<double>?>(null);

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
        await Redis.DisposeAsync();
        await Postgres.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>What the processes printed last, for a result that makes no sense.</summary>
    public string Output => string.Join('\n', _processes.Select(process => $"{process.Name}: {process.Output}"));

    protected ChildProcess Start(string name, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string workingFolder)
    {
        var process = new ChildProcess(name, program, arguments, environment, workingFolder);
        _processes.Add(process);
        return process;
    }

    protected async Task<T?> ScalarAsync<T>(string sql) where T : struct
    {
        await using var connection = new Npgsql.NpgsqlConnection(Postgres.ConnectionString);
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync() is T value ? value : null;
    }
}
