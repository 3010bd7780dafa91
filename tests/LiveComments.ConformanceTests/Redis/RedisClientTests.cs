using LiveComments.TestSupport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace LiveComments.ConformanceTests.Redis;

/// <summary>The client as Aspire's component registers it.</summary>
public sealed class RedisClientTests : IAsyncLifetime
{
    private readonly RedisServer _server = new();

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_named_connection_string_gives_a_working_client_and_a_health_check_that_follows_the_server()
    {
        var builder = Builder(("ConnectionStrings:cache", _server.ConnectionString + ",connectTimeout=500,asyncTimeout=1000"));
        builder.AddRedisClient("cache", configureOptions: options =>
        {
            options.ReconnectRetryPolicy = new LinearRetry(100);
            options.HeartbeatInterval = TimeSpan.FromMilliseconds(200);
        });
        using var host = builder.Build();
        var connection = host.Services.GetRequiredService<IConnectionMultiplexer>();
        Assert.Same(connection, host.Services.GetRequiredService<IConnectionMultiplexer>());
        Assert.True(await connection.GetDatabase().StringSetAsync("a", "b"));

        Assert.Equal(HealthStatus.Healthy, await HealthAsync(host, "StackExchange.Redis"));
        await _server.KillAsync();
        await Eventually.UntilAsync("unhealthy without a server", async () => await HealthAsync(host, "StackExchange.Redis") == HealthStatus.Unhealthy);
        await _server.StartAsync();
        await Eventually.UntilAsync("healthy with it", async () => await HealthAsync(host, "StackExchange.Redis") == HealthStatus.Healthy);
    }

    [Fact]
    public async Task Keyed_clients_are_told_apart()
    {
        var builder = Builder(("ConnectionStrings:one", _server.ConnectionString), ("ConnectionStrings:two", _server.ConnectionString + ",defaultDatabase=3"));
        builder.AddKeyedRedisClient("one");
        builder.AddKeyedRedisClient("two");
        using var host = builder.Build();
        Assert.Equal(0, host.Services.GetRequiredKeyedService<IConnectionMultiplexer>("one").GetDatabase().Database);
        Assert.Equal(3, host.Services.GetRequiredKeyedService<IConnectionMultiplexer>("two").GetDatabase().Database);
        Assert.Null(host.Services.GetService<IConnectionMultiplexer>());
        Assert.Equal(HealthStatus.Healthy, await HealthAsync(host, "StackExchange.Redis_two"));
    }

    [Fact]
    public void Configuration_sections_reach_the_client_and_the_callers_word_is_the_last()
    {
        var builder = Builder(
            ("ConnectionStrings:cache", _server.ConnectionString),
            ("Aspire:StackExchange:Redis:ConfigurationOptions:ConnectRetry", "7"),
            ("Aspire:StackExchange:Redis:cache:ConfigurationOptions:KeepAlive", "42"),
            ("Aspire:StackExchange:Redis:DisableHealthChecks", "true"));
        builder.AddRedisClient("cache", configureOptions: options => options.ClientName = $"{options.ConnectRetry}-{options.KeepAlive}");
        using var host = builder.Build();
        Assert.Equal("7-42", host.Services.GetRequiredService<IConnectionMultiplexer>().ClientName);
        Assert.Null(host.Services.GetService<HealthCheckService>());
    }

    [Fact]
    public void A_missing_connection_string_is_told_when_the_client_is_wanted()
    {
        var builder = Builder();
        builder.AddRedisClient("cache");
        using var host = builder.Build();
        var error = Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<IConnectionMultiplexer>());
        Assert.Contains("ConnectionStrings:cache", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_away_does_not_stop_the_host_from_starting()
    {
        await _server.KillAsync();
        var builder = Builder(("ConnectionStrings:cache", _server.ConnectionString + ",connectTimeout=300"));
        builder.AddRedisClient("cache", settings => settings.DisableAutoActivation = false,
            options => (options.ReconnectRetryPolicy, options.HeartbeatInterval) = (new LinearRetry(100), TimeSpan.FromMilliseconds(200)));
        using var host = builder.Build();
        await host.StartAsync();
        var connection = host.Services.GetRequiredService<IConnectionMultiplexer>();
        Assert.False(connection.IsConnected);
        await _server.StartAsync();
        await Eventually.UntilAsync("connected", () => connection.IsConnected);
        await host.StopAsync();
    }

    private static HostApplicationBuilder Builder(params (string Key, string Value)[] configuration)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(configuration.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)));
        return builder;
    }

    private static async Task<HealthStatus> HealthAsync(IHost host, string name) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries[name].Status;
}
