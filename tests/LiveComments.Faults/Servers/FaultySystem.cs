using System.Globalization;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using Npgsql;

namespace LiveComments.Faults.Servers;

/// <summary>The whole system, each part a process of its own that can be killed, stopped and started again: 2 Api, 2 Fanout, the Gateway, and their servers.</summary>
sealed class FaultySystem : IAsyncDisposable
{
    /// <summary>Of Api and of Fanout.</summary>
    public const int Nodes = 2;

    /// <summary>Signs and checks tokens in all services.</summary>
    public const string SigningKey = "a key for tests that nobody else has, long enough";

    // Few, so that both nodes have viewers of a stream.
    private const string SpillAbove = "20";

    // A killed server may need a moment until its children are gone, too; a busy machine starts a service within a minute.
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(2);

    private readonly Dictionary<string, ServiceProcess> _services = [];
    private readonly Dictionary<string, ServerProcess> _servers;
    private readonly List<FaultyLink> _links = [];
    private readonly Tmpfs? _disk;

    private FaultySystem(FaultySystemOptions options)
    {
        Folder = options.Folder;
        _servers = new() { [Parts.Nats] = Nats, [Parts.Redis] = Redis, [Parts.Postgres] = Postgres };
        if (options.WithSmallDisk)
            _disk = Tmpfs.Mount(Nats.DataFolder);
        for (var node = 1; node <= Nodes; node++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{Parts.Api}-{node}");
            _services[name] = new ServiceProcess("LiveComments.Api", new Dictionary<string, string>
            {
                ["ConnectionStrings__nats"] = NatsUrl(Reach(name, Parts.Nats, options)),
                ["ConnectionStrings__redis"] = Redis.ConnectionString.Replace(Port(Redis), Reach(name, Parts.Redis, options), StringComparison.Ordinal),
                // Postgres tells by this name who holds the persister's lock.
                ["ConnectionStrings__comments"] = $"{Postgres.ConnectionString.Replace(Port(Postgres), Reach(name, Parts.Postgres, options), StringComparison.Ordinal)};Application Name={name}",
                ["Auth__SigningKey"] = SigningKey,
                // As the AppHost starts it.
                ["DOTNET_GCgen0size"] = "0x10000000",
                // No post is refused for being one of many: that is proven elsewhere.
                ["Admission__CommentsPerStream__Count"] = "10000",
                ["Admission__CommentsGlobally__Count"] = "10000",
            });
        }

        var gateway = new Dictionary<string, string> { ["Gateway__SpillAbove"] = SpillAbove };
        for (var node = 1; node <= Nodes; node++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{Parts.Fanout}-{node}");
            var environment = new Dictionary<string, string>
            {
                ["ConnectionStrings__nats"] = NatsUrl(Reach(name, Parts.Nats, options)),
                ["ConnectionStrings__redis"] = Redis.ConnectionString.Replace(Port(Redis), Reach(name, Parts.Redis, options), StringComparison.Ordinal),
                ["Auth__SigningKey"] = SigningKey,
                ["Rooms__MaxCommentsPerSecond"] = options.MaxCommentsPerSecond.ToString(CultureInfo.InvariantCulture),
            };
            for (var api = 1; api <= Nodes; api++)
                environment[$"services__api__http__{api - 1}"] = _services[$"{Parts.Api}-{api}"].Address.ToString();
            _services[name] = new ServiceProcess("LiveComments.Fanout", environment);
            gateway[$"services__{name}__http__0"] = _services[name].Address.ToString();
            gateway[$"services__api__http__{node - 1}"] = _services[$"{Parts.Api}-{node}"].Address.ToString();
        }

        _services[Parts.Gateway] = new ServiceProcess("LiveComments.Gateway", gateway);
        foreach (var (name, service) in _services)
            service.KeepLogIn(Path.Combine(Folder, $"{name}.log"));
    }

    public NatsServer Nats { get; } = new();

    // As in production: what Redis has is derived, and nothing of it is kept.
    public RedisServer Redis { get; } = new(isKept: false);

    public PostgresServer Postgres { get; } = new();

    /// <summary>Where logs and journals of the run lie.</summary>
    public string Folder { get; }

    public Uri Gateway => _services[Parts.Gateway].Address;

    /// <summary>The disk under the log; null when it is the machine's.</summary>
    public Tmpfs? Disk => _disk;

    /// <summary>The network between each service and each server; empty when they talk directly.</summary>
    public IReadOnlyList<FaultyLink> Links => _links;

    /// <summary>Every process's name.</summary>
    public IEnumerable<string> Names => _services.Keys.Concat(_servers.Keys);

    public static async Task<FaultySystem> StartAsync(FaultySystemOptions options)
    {
        var system = new FaultySystem(options);
        try
        {
            await Task.WhenAll(system._servers.Values.Select(server => server.StartAsync()));
            await Task.WhenAll(system._services.Values.Select(service => service.StartAsync()));
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    /// <summary>A process of that part: one of two by chance, or the one that is the persister now.</summary>
    public async Task<string> ChooseAsync(string part, Random random) => part switch
    {
        Parts.Api or Parts.Fanout => string.Create(CultureInfo.InvariantCulture, $"{part}-{random.Next(1, Nodes + 1)}"),
        Parts.Persister => await Eventually.GetAsync("some Api process is the persister", PersisterAsync),
        _ => part,
    };

    /// <summary><c>kill -9</c>.</summary>
    public Task KillAsync(string name) => _services.TryGetValue(name, out var service) ? service.KillAsync() : _servers[name].KillAsync();

    /// <summary>Returns when it answers.</summary>
    public Task StartAsync(string name) => Eventually.UntilAsync($"{name} starts again", async () =>
    {
        await TryStartAsync(name);
        return true;
    }, StartPatience);

    /// <summary>As <see cref="StartAsync"/>, once: throws when it does not come up.</summary>
    public async Task TryStartAsync(string name)
    {
        // What did not come up in its time is no reason to have two of them.
        await KillAsync(name);
        if (_services.TryGetValue(name, out var service))
            await service.StartAsync();
        else
            await _servers[name].StartAsync();
    }

    /// <summary>SIGSTOP, to all processes of the part.</summary>
    public void Pause(string name)
    {
        if (_services.TryGetValue(name, out var service))
            ProcessSignal.Send(service.ProcessId, "STOP");
        else
            _servers[name].Pause();
    }

    public void Resume(string name)
    {
        if (_services.TryGetValue(name, out var service))
            ProcessSignal.Send(service.ProcessId, "CONT");
        else
            _servers[name].Resume();
    }

    /// <summary>Null while it is dead.</summary>
    public int? ProcessIdOf(string name) => _services.TryGetValue(name, out var service)
        ? service.IsRunning ? service.ProcessId : null
        : _servers[name].IsRunning ? _servers[name].ProcessId : null;

    /// <summary>One of ours, and no server.</summary>
    public bool IsService(string name) => _services.ContainsKey(name);

    public Uri AddressOf(string service) => _services[service].Address;

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services.Values)
            await service.DisposeAsync();
        foreach (var link in _links)
            await link.DisposeAsync();
        if (_disk is not null)
        {
            // Nobody may have files open on it.
            await Nats.KillAsync();
            await _disk.DisposeAsync();
        }

        foreach (var server in _servers.Values)
            await server.DisposeAsync();
    }

    private async Task<string?> PersisterAsync()
    {
        await using var database = new NpgsqlConnection($"{Postgres.ConnectionString};Pooling=false");
        await database.OpenAsync();
        await using var command = new NpgsqlCommand(
            "select application_name from pg_locks join pg_stat_activity using (pid) where locktype = 'advisory' and granted and application_name like 'api-%'", database);
        return await command.ExecuteScalarAsync() as string;
    }

    // The port by which a service reaches a server.
    private string Reach(string service, string server, FaultySystemOptions options)
    {
        var port = _servers[server].Port;
        if (options.WithLinks)
        {
            var link = new FaultyLink($"{service}→{server}", port, options.Seed + _links.Count);
            _links.Add(link);
            port = link.Port;
        }

        return port.ToString(CultureInfo.InvariantCulture);
    }

    private static string Port(ServerProcess server) => server.Port.ToString(CultureInfo.InvariantCulture);

    private static string NatsUrl(string port) => $"nats://127.0.0.1:{port}";
}

/// <summary>How a system is set up.</summary>
/// <param name="Folder">Where its logs go.</param>
/// <param name="Seed">Of what its links do.</param>
/// <param name="WithLinks">Services reach the servers through links that can be cut.</param>
/// <param name="WithSmallDisk">The log lies on a disk of its own that can be made too small.</param>
/// <param name="MaxCommentsPerSecond">Of a stream that is faster a viewer is shown so many.</param>
sealed record FaultySystemOptions(string Folder, int Seed, bool WithLinks, bool WithSmallDisk, int MaxCommentsPerSecond);
