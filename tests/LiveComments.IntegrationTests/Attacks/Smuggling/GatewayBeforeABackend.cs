using LiveComments.SystemUnderTest;

namespace LiveComments.IntegrationTests.Attacks.Smuggling;

/// <summary>The real gateway, before a backend that believes it nothing.</summary>
public sealed class GatewayBeforeABackend : IAsyncLifetime
{
    private readonly ServiceProcess _gateway;
    private readonly HttpClient _victim;
    private int _victims;

    public GatewayBeforeABackend()
    {
        _gateway = new ServiceProcess("LiveComments.Gateway", new Dictionary<string, string>
        {
            ["services__api__http__0"] = Backend.Address,
            ["services__fanout-1__http__0"] = Backend.Address,
            // It opens none; asking for one each time would be in the way.
            ["Gateway__Trunks"] = "false",
        });
        _victim = new HttpClient { BaseAddress = _gateway.Address };
    }

    public Uri Address => _gateway.Address;

    internal StrictBackend Backend { get; } = new();

    public Task InitializeAsync() => _gateway.StartAsync();

    public async Task DisposeAsync()
    {
        _victim.Dispose();
        await _gateway.DisposeAsync();
        Backend.Dispose();
    }

    /// <summary>Somebody else asks over the connections that the gateway keeps, and must be given the answer to that.</summary>
    public async Task OthersGetTheirOwnAnswersAsync()
    {
        var path = $"/api/victim-{Interlocked.Increment(ref _victims)}";
        using var answer = await _victim.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal($"GET {path} 0", answer.Headers.GetValues(StrictBackend.Echo).Single());
    }
}
