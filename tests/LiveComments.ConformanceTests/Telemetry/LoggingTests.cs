using LiveComments.ConformanceTests.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace LiveComments.ConformanceTests.Telemetry;

[Collection(TelemetryCollection.Name)]
public sealed class LoggingTests
{
    private readonly CollectedLogs _records = new();

    [Fact]
    public async Task Logs_are_collected_with_the_trace_that_they_belong_to()
    {
        string? traceId = null;
        await using var server = await LoopbackServer.StartAsync(
            services => services.AddOpenTelemetry()
                .WithTracing(tracing => tracing.AddAspNetCoreInstrumentation())
                .WithLogging(logging => logging.AddProcessor(_records), options => options.IncludeFormattedMessage = true),
            app => app.MapGet("/logged", (ILogger<LoggingTests> logger) =>
            {
                traceId = System.Diagnostics.Activity.Current?.TraceId.ToString();
#pragma warning disable CA1848, CA1873 // One line, once.
                logger.LogWarning("Seen {Count}", 3);
#pragma warning restore CA1848, CA1873
                return "ok";
            }));
        using var http = new HttpClient();

        using var response = await http.GetAsync(new Uri(server.Address, "/logged"));

        var record = Assert.Single(_records.Items, record => record.Category == typeof(LoggingTests).FullName);
        Assert.Equal("Seen 3", record.Message);
        Assert.Equal(LogLevel.Warning, record.Level);
        Assert.NotNull(traceId);
        Assert.Equal(traceId, record.TraceId);
    }

    [Fact]
    public async Task Signals_that_nobody_asked_for_have_no_provider()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddOpenTelemetry().WithLogging(logging => logging.AddProcessor(_records));
        using var host = builder.Build();
        await host.StartAsync();

        Assert.NotNull(host.Services.GetService<LoggerProvider>());
        Assert.Null(host.Services.GetService<TracerProvider>());
        Assert.Null(host.Services.GetService<MeterProvider>());
        await host.StopAsync();
    }

    [Fact]
    public async Task Hosts_initializer_can_be_replaced_and_runs_before_other_hosted_services()
    {
        var order = new List<string>();
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddSingleton<IHostedService>(new Noting(order));
        builder.Services.AddSingleton<ITelemetryHostInitializer>(new Noting(order));
        builder.Services.AddOpenTelemetry();
        builder.Services.AddOpenTelemetry();
        using var host = builder.Build();

        await host.StartAsync();

        Assert.Equal(["telemetry", "service"], order);
        await host.StopAsync();
    }

    private sealed class Noting(List<string> order) : IHostedService, ITelemetryHostInitializer
    {
        public void Initialize() => order.Add("telemetry");

        public Task StartAsync(CancellationToken cancellationToken)
        {
            order.Add("service");
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
