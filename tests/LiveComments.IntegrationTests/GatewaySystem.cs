using System.Globalization;
using LiveComments.Contracts;
using LiveComments.SystemUnderTest;

namespace LiveComments.IntegrationTests;

/// <summary>A gateway of its own before two Fanout nodes, over a write path of its own.</summary>
sealed class GatewaySystem : IAsyncDisposable
{
    private const string SigningKey = "a key for tests that nobody else has, long enough";

    private readonly WritePath _path;
    private readonly ServiceProcess _gateway;

    private GatewaySystem(WritePath path, (string Name, string Value)[] settings, (string Name, string Value)[] ofNodes)
    {
        _path = path;
        Nodes = [.. Enumerable.Range(0, 2).Select(_ => new ServiceProcess("LiveComments.Fanout", new Dictionary<string, string>
        {
            ["ConnectionStrings__nats"] = path.Nats.Url,
            ["ConnectionStrings__redis"] = path.Redis.ConnectionString,
            ["services__api__http__0"] = path.Apis[0].Address.ToString(),
            ["Auth__SigningKey"] = SigningKey,
            // Of what a test posts in a moment nothing is left out.
            ["Rooms__MaxCommentsPerSecond"] = "10000",
            ["Degradation__Enabled"] = "false",
            // As short as it may be: tests of silence don't wait long for it.
            ["Live__Heartbeat"] = "00:00:01",
        }))];
        foreach (var node in Nodes)
        {
            foreach (var (name, value) in ofNodes)
                node.Set(name, value);
        }

        var environment = new Dictionary<string, string> { ["services__api__http__0"] = path.Apis[0].Address.ToString() };
        for (var node = 0; node < Nodes.Count; node++)
            environment[$"services__fanout-{node + 1}__http__0"] = Nodes[node].Address.ToString();
        foreach (var (name, value) in settings)
            environment[name] = value;
        _gateway = new ServiceProcess("LiveComments.Gateway", environment);
        // Where viewers are sent to their node, the page comes from elsewhere.
        foreach (var node in Nodes)
            node.Set("Cors__AllowedOrigins__0", _gateway.Address.GetLeftPart(UriPartial.Authority));
    }

    public IReadOnlyList<ServiceProcess> Nodes { get; }

    public Uri Address => _gateway.Address;

    public WritePath Path => _path;

    /// <summary>Follows no redirect.</summary>
    public HttpClient Direct { get; private set; } = null!;

    public HttpClient Following { get; private set; } = null!;

    public static Task<GatewaySystem> StartAsync(params (string Name, string Value)[] settings) => StartAsync(settings, []);

    public static async Task<GatewaySystem> StartAsync((string Name, string Value)[] settings, (string Name, string Value)[] ofNodes)
    {
        var system = new GatewaySystem(await WritePath.StartAsync(), settings, ofNodes);
        await Task.WhenAll(system.Nodes.Select(node => node.StartAsync()));
        await system._gateway.StartAsync();
        system.Direct = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = system._gateway.Address };
        system.Following = new HttpClient { BaseAddress = system._gateway.Address };
        return system;
    }

    public async Task<string> NewStreamAsync()
    {
        using var creator = await _path.ClientOfAsync("creator");
        return (await RunningSystem.NewStreamAsync(creator)).Id;
    }

    public async Task<long[]> ViewersAsync() => await Task.WhenAll(Nodes.Select(async node =>
    {
        using var answer = await Following.GetAsync(new Uri(node.Address, "/health"));
        return long.Parse(answer.Headers.GetValues(LiveHeaders.Viewers).Single(), CultureInfo.InvariantCulture);
    }));

    public async ValueTask DisposeAsync()
    {
        Direct?.Dispose();
        Following?.Dispose();
        await _gateway.DisposeAsync();
        foreach (var node in Nodes)
            await node.DisposeAsync();
        await _path.DisposeAsync();
    }
}
