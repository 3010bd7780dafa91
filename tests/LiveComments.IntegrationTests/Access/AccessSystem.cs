using System.Net.Http.Headers;
using System.Net.Http.Json;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Access;

/// <summary>
/// The services twice over the same servers: once open to anonymous readers, once closed to them. The tests have the key
/// that signs tokens, and so can make good and bad ones.
/// </summary>
public sealed class AccessSystem : IAsyncLifetime
{
    private readonly ServiceProcess[] _all;

    public AccessSystem()
    {
        Dictionary<string, string> common = new()
        {
            ["ConnectionStrings__comments"] = Postgres.ConnectionString,
            ["ConnectionStrings__redis"] = Redis.ConnectionString,
            ["ConnectionStrings__nats"] = Nats.Url,
            ["Auth__SigningKey"] = TestTokens.SigningKey,
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["Degradation__Enabled"] = "false",
            // High enough that no test meets it.
            ["Admission__CommentsPerStream__Count"] = "10000",
            ["Admission__CommentsGlobally__Count"] = "10000",
        };
        Dictionary<string, string> closed = new(common) { ["Auth__AnonymousReads"] = "false" };
        Api = new ServiceProcess("LiveComments.Api", common);
        Fanout = new ServiceProcess("LiveComments.Fanout", common);
        ClosedApi = new ServiceProcess("LiveComments.Api", closed);
        // As talkative as it gets: what is a secret must not be in there even then.
        ClosedFanout = new ServiceProcess("LiveComments.Fanout", new Dictionary<string, string>(closed) { ["Logging__LogLevel__Default"] = "Trace", ["Logging__LogLevel__Microsoft.AspNetCore"] = "Trace" });
        Gateway = new ServiceProcess("LiveComments.Gateway", new Dictionary<string, string>
        {
            ["services__api__http__0"] = Api.Address.ToString(),
            ["services__fanout-1__http__0"] = ClosedFanout.Address.ToString(),
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["Logging__LogLevel__Default"] = "Debug",
            ["Logging__LogLevel__Yarp"] = "Debug",
            ["Logging__LogLevel__Microsoft.AspNetCore"] = "Debug",
        });
        _all = [Api, Fanout, ClosedApi, ClosedFanout, Gateway];
    }

    public NatsServer Nats { get; } = new();

    public RedisServer Redis { get; } = new();

    public PostgresServer Postgres { get; } = new();

    public ServiceProcess Api { get; }

    public ServiceProcess Fanout { get; }

    /// <summary>Reading needs a token here.</summary>
    public ServiceProcess ClosedApi { get; }

    /// <summary>Watching needs a token, ticket or cookie here.</summary>
    public ServiceProcess ClosedFanout { get; }

    /// <summary>Leads to <see cref="Api"/> and <see cref="ClosedFanout"/>.</summary>
    public ServiceProcess Gateway { get; }

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
    }

    /// <summary>A client without cookies or redirects of its own, so that a test sees and sends what it says.</summary>
    public static HttpClient ClientOf(ServiceProcess service, string? token = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = service.Address, Timeout = TimeSpan.FromSeconds(20) };
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>A ticket for the token's user.</summary>
    public async Task<string> TicketAsync(string streamId, string token)
    {
        using var client = ClientOf(Api, token);
        using var answer = await client.PostAsJsonAsync("/api/auth/tickets", new LiveTicketRequest(streamId), ContractsJson.Default.LiveTicketRequest);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync(ContractsJson.Default.LiveTicket))!.Ticket;
    }
}

/// <summary>One system for all tests of who may do what.</summary>
[CollectionDefinition(Name)]
public sealed class AccessCollection : ICollectionFixture<AccessSystem>
{
    public const string Name = "access";
}
