using System.Net.Http.Headers;
using System.Net.Http.Json;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using Npgsql;

namespace LiveComments.IntegrationTests;

/// <summary>Api and Fanout processes over servers of their own, all of which a test may kill.</summary>
sealed class WritePath : IAsyncDisposable
{
    /// <summary>Signs and checks tokens in all services of a test.</summary>
    public const string SigningKey = "a key for tests that nobody else has, long enough";

    // Unless a test says otherwise.
    private static readonly Dictionary<string, string> Usual = new()
    {
        // However busy the machine is, no read is refused.
        ["Degradation__Enabled"] = "false",
        // High enough that no test meets it.
        ["Admission__CommentsPerStream__Count"] = "10000",
        ["Admission__CommentsGlobally__Count"] = "10000",
    };

    private readonly ServiceProcess[] _apis;

    private readonly ServiceProcess[] _fanouts;

    private WritePath(int apis, int fanouts, IReadOnlyDictionary<string, string>? environment)
    {
        _apis = [.. Enumerable.Range(0, apis).Select(_ => new ServiceProcess("LiveComments.Api", new Dictionary<string, string>(Usual.Concat(environment ?? new Dictionary<string, string>()).GroupBy(setting => setting.Key).Select(settings => settings.Last()))
        {
            ["ConnectionStrings__comments"] = Postgres.ConnectionString,
            ["ConnectionStrings__redis"] = Redis.ConnectionString,
            ["ConnectionStrings__nats"] = Nats.Url,
            ["Auth__SigningKey"] = SigningKey,
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
        }))];
        _fanouts = [.. Enumerable.Range(0, fanouts).Select(_ => new ServiceProcess("LiveComments.Fanout", new Dictionary<string, string>
        {
            ["ConnectionStrings__nats"] = Nats.Url,
            ["Auth__SigningKey"] = "a key for tests that nobody else has, long enough",
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["Degradation__Enabled"] = "false",
        }))];
    }

    public NatsServer Nats { get; } = new();

    public RedisServer Redis { get; } = new();

    public PostgresServer Postgres { get; } = new();

    public IReadOnlyList<ServiceProcess> Apis => _apis;

    public IReadOnlyList<ServiceProcess> Fanouts => _fanouts;

    public static async Task<WritePath> StartAsync(int apis = 1, int fanouts = 0, IReadOnlyDictionary<string, string>? environment = null)
    {
        var path = new WritePath(apis, fanouts, environment);
        await Task.WhenAll(path.Nats.StartAsync(), path.Redis.StartAsync(), path.Postgres.StartAsync());
        await Task.WhenAll(path._apis.Concat(path._fanouts).Select(service => service.StartAsync()));
        return path;
    }

    public async Task<HttpClient> ClientOfAsync(string username, ServiceProcess? api = null)
    {
        var client = new HttpClient { BaseAddress = (api ?? _apis[0]).Address, Timeout = TimeSpan.FromSeconds(10) };
        using var answer = await client.PostAsJsonAsync("/api/auth/dev-token", new DevTokenRequest(username), ContractsJson.Default.DevTokenRequest);
        answer.EnsureSuccessStatusCode();
        var token = await answer.Content.ReadFromJsonAsync(ContractsJson.Default.DevToken);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token!.Token);
        return client;
    }

    /// <summary>What Postgres has of the stream: id and content, by the log's order.</summary>
    public async Task<List<(string Id, string Content)>> StoredAsync(string streamId)
    {
        await using var database = NpgsqlDataSource.Create(Postgres.ConnectionString);
        await using var command = database.CreateCommand("select id, content from comments where stream_id = $1 order by epoch, log_sequence");
        command.Parameters.Add(new NpgsqlParameter { Value = streamId });
        var stored = new List<(string, string)>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            stored.Add((reader.GetInt64(0).ToString(System.Globalization.CultureInfo.InvariantCulture), reader.GetString(1)));
        return stored;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _apis.Concat(_fanouts))
            await service.DisposeAsync();
        await Postgres.DisposeAsync();
        await Redis.DisposeAsync();
        await Nats.DisposeAsync();
    }
}
