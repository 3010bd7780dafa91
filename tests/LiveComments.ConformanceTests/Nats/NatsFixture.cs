using LiveComments.TestSupport;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace LiveComments.ConformanceTests.Nats;

/// <summary>One server for all tests that leave it alone. Each test uses subjects and streams of its own.</summary>
public sealed class NatsFixture : IAsyncLifetime
{
    public NatsServer Server { get; } = new();

    public Task InitializeAsync() => Server.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();
}

[CollectionDefinition(Name)]
public sealed class NatsCollection : ICollectionFixture<NatsFixture>
{
    public const string Name = "nats";
}

internal static class NatsTesting
{
    /// <summary>Ends a test that would hang; no test waits for it.</summary>
    public static CancellationToken Deadline => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    /// <summary>Options that come back quickly, so that a test of a restart takes no longer than the server.</summary>
    public static NatsOpts Opts(NatsServer server) => new()
    {
        Url = server.Url,
        ReconnectWaitMin = TimeSpan.FromMilliseconds(50),
        ReconnectWaitMax = TimeSpan.FromMilliseconds(100),
        ReconnectJitter = TimeSpan.Zero,
    };

    public static async Task<NatsConnection> ConnectAsync(NatsOpts opts)
    {
        var nats = new NatsConnection(opts);
        await nats.ConnectAsync();
        return nats;
    }

    public static Task<NatsConnection> ConnectAsync(NatsServer server) => ConnectAsync(Opts(server));

    public static Task UntilStateAsync(NatsConnection nats, NatsConnectionState state) =>
        Eventually.UntilAsync($"the connection is {state}", () => nats.ConnectionState == state);

    /// <summary>A stream on <c>(name).&gt;</c>.</summary>
    public static ValueTask<INatsJSStream> CreateStreamAsync(NatsJSContext js, string name, Action<StreamConfig>? configure = null)
    {
        var config = new StreamConfig(name, [$"{name}.>"]);
        configure?.Invoke(config);
        return js.CreateStreamAsync(config);
    }

    public static async Task PublishAsync(NatsJSContext js, string subject, int count, int first = 1)
    {
        for (var i = first; i < first + count; i++)
            (await js.PublishAsync(subject, i, cancellationToken: Deadline)).EnsureSuccess();
    }
}
