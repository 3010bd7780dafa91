using LiveComments.ServiceDefaults.Health;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NATS.Client.Core;
using NATS.Client.JetStream;

namespace LiveComments.ServiceDefaults.Log;

/// <summary>The connection to NATS that a service has: one, shared, and back within a second of the server's return.</summary>
public static class LogConnection
{
    private const string ConnectionName = "nats";

    // A comment must be acknowledged within 3 s of the server's return; reconnecting may take a part of that.
    private static readonly TimeSpan ReconnectWaitMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ReconnectWaitMax = TimeSpan.FromSeconds(1);

    /// <summary>How long an append, a direct get or a publish may take before the caller hears that the log is away.</summary>
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(3);

    // A cut cable shows only by missing pongs: noticed after at most three of these. With 5 s, of a cut from all services at once, one post in a thousand of
    // half an hour waited for longer than 10 s.
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(2);

    public static TBuilder AddLogConnection<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddSingleton<INatsConnection>(services => new NatsConnection(new NatsOpts
        {
            Url = Url(builder.Configuration),
            Name = builder.Environment.ApplicationName,
            LoggerFactory = services.GetRequiredService<ILoggerFactory>(),
            RetryOnInitialConnect = true,
            MaxReconnectRetry = -1,
            ReconnectWaitMin = ReconnectWaitMin,
            ReconnectWaitMax = ReconnectWaitMax,
            RequestTimeout = RequestTimeout,
            CommandTimeout = RequestTimeout,
            // Without this a publish waits for the server's return without any limit.
            PublishTimeoutOnDisconnected = true,
            PingInterval = PingInterval,
        }));
        builder.Services.AddSingleton<INatsJSContext>(services => new NatsJSContext(services.GetRequiredService<INatsConnection>()));
        builder.Services.AddSingleton<LogLocator>();
        builder.Services.AddSingleton<CurrentLog>();
        builder.Services.AddHealthChecks()
            .AddCheck<NatsHealth>("nats", timeout: HealthEndpoints.NatsTimeout)
            .AddCheck<LogHealth>("log", tags: [HealthEndpoints.Ready]);
        return builder;
    }

    private static string Url(IConfiguration configuration) =>
        configuration.GetConnectionString(ConnectionName)
        ?? throw new InvalidOperationException($"ConnectionStrings:{ConnectionName} is not set; it is the address of nats-server, such as nats://user:password@host:4222.");
}
