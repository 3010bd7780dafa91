using LiveComments.TestSupport;
using StackExchange.Redis;

namespace LiveComments.ConformanceTests.Redis;

/// <summary>One server for the tests that don't break it.</summary>
public sealed class RedisFixture : IAsyncLifetime
{
    public RedisServer Server { get; } = new();

    public Task InitializeAsync() => Server.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();

    public Task<ConnectionMultiplexer> ConnectAsync(Action<ConfigurationOptions>? configure = null) => ConnectAsync(Server, configure);

    public static async Task<ConnectionMultiplexer> ConnectAsync(RedisServer server, Action<ConfigurationOptions>? configure = null)
    {
        var options = ConfigurationOptions.Parse(server.ConnectionString);
        // Two cores are shared with other tests: a slow answer is no failure here.
        options.AsyncTimeout = options.SyncTimeout = 30_000;
        // By default as long as the synchronous time-out: a login that is refused may wait for it, and for a second try.
        options.ConnectTimeout = 5_000;
        options.BacklogPolicy = BacklogPolicy.Default;
        configure?.Invoke(options);
        return await ConnectionMultiplexer.ConnectAsync(options);
    }
}
