using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using LiveComments.TestSupport.Otlp;

namespace LiveComments.IntegrationTests.Telemetry;

/// <summary>Gateway, Api and Fanout over servers of their own, whose telemetry a collector of the tests' gets; shared by the tests of what is seen.</summary>
public sealed class SeenSystem : IAsyncLifetime
{
    public const string SigningKey = "a key for tests that nobody else has, long enough";

    /// <summary>Of one user on one stream, within 30 s.</summary>
    public const int CommentsPerStream = 30;

    private readonly ServiceProcess[] _all;
    private readonly ConcurrentQueue<string> _printed = new();

    public SeenSystem()
    {
        Dictionary<string, string> common = new()
        {
            ["ConnectionStrings__redis"] = Redis.ConnectionString,
            ["ConnectionStrings__nats"] = Nats.Url,
            ["Auth__SigningKey"] = SigningKey,
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
        };
        Api = NewService("LiveComments.Api", "api", new(common) { ["ConnectionStrings__comments"] = Postgres.ConnectionString, ["Admission__CommentsPerStream__Count"] = CommentsPerStream.ToString(CultureInfo.InvariantCulture), ["Admission__CommentsGlobally__Count"] = "10000" });
        Fanout = NewService("LiveComments.Fanout", "fanout", new(common) { ["services__api__http__0"] = Api.Address.ToString(), ["Rooms__MaxCommentsPerSecond"] = "10000", ["Figures__Viewers"] = "false", ["Figures__Comments"] = "false" });
        Gateway = NewService("LiveComments.Gateway", "gateway", new()
        {
            ["services__api__http__0"] = Api.Address.ToString(),
            ["services__fanout-1__http__0"] = Fanout.Address.ToString(),
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
        });
        _all = [Api, Fanout, Gateway];
        foreach (var service in _all)
            service.Printed += _printed.Enqueue;
    }

    public NatsServer Nats { get; } = new();

    public RedisServer Redis { get; } = new();

    public PostgresServer Postgres { get; } = new();

    public OtlpReceiver Collector { get; } = new();

    public ServiceProcess Api { get; }

    public ServiceProcess Fanout { get; }

    public ServiceProcess Gateway { get; }

    public IReadOnlyList<ServiceProcess> All => _all;

    /// <summary>Every line that any of the services printed.</summary>
    public IEnumerable<string> Printed => _printed;

    public async Task InitializeAsync()
    {
        await Task.WhenAll(Nats.StartAsync(), Redis.StartAsync(), Postgres.StartAsync());
        await Task.WhenAll(_all.Select(service => service.StartAsync()));
    }

    public async Task DisposeAsync()
    {
        foreach (var service in _all)
            await service.DisposeAsync();
        await Postgres.DisposeAsync();
        await Redis.DisposeAsync();
        await Nats.DisposeAsync();
        await Collector.DisposeAsync();
    }

    /// <summary>A client of the gateway that speaks as that user.</summary>
    public async Task<HttpClient> ClientOfAsync(string username, string role = Roles.User)
    {
        var client = new HttpClient { BaseAddress = Gateway.Address, Timeout = TimeSpan.FromSeconds(10) };
        using var answer = await client.PostAsJsonAsync("/api/auth/dev-token", new DevTokenRequest(username, null, role), ContractsJson.Default.DevTokenRequest);
        answer.EnsureSuccessStatusCode();
        var token = await answer.Content.ReadFromJsonAsync(ContractsJson.Default.DevToken);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token!.Token);
        return client;
    }

    private ServiceProcess NewService(string project, string name, Dictionary<string, string> settings)
    {
        foreach (var (key, value) in Collector.EnvironmentOf(name))
            settings[key] = value;
        // As talkative as it gets: what is a secret must not be in there even then.
        settings["Logging__LogLevel__Default"] = "Trace";
        settings["Logging__LogLevel__Microsoft.AspNetCore"] = "Trace";
        settings["Logging__LogLevel__Yarp"] = "Trace";
        settings["Logging__LogLevel__NATS.Client"] = "Trace";
        settings["Logging__LogLevel__Npgsql"] = "Trace";
        settings["Logging__LogLevel__System.Net.Http"] = "Trace";
        return new ServiceProcess(project, settings);
    }
}

[CollectionDefinition(Name)]
public sealed class SeenCollection : ICollectionFixture<SeenSystem>
{
    public const string Name = "seen";
}
