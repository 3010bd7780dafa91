using LiveComments.ConformanceTests.Http;
using LiveComments.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace LiveComments.ConformanceTests.Telemetry;

[Collection(TelemetryCollection.Name)]
public sealed class MetricsTests
{
    private readonly CollectedMetrics _metrics = new();

    [Fact]
    public async Task Durations_of_requests_and_figures_of_the_runtime_are_collected()
    {
        await using var server = await LoopbackServer.StartAsync(
            services => services.AddOpenTelemetry().WithMetrics(metrics => metrics
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddReader(new BaseExportingMetricReader(_metrics))),
            app => app.MapGet("/measured/{id}", (int id) => id));
        using var http = new HttpClient();
        using var response = await http.GetAsync(new Uri(server.Address, "/measured/1"));

        // The server's figure is recorded after the client has its answer.
        var collected = server.Services.GetRequiredService<MeterProvider>();
        await Eventually.UntilAsync("the request is measured", () =>
        {
            collected.ForceFlush();
            return Routes().Contains("/measured/{id}");
        });

        foreach (var name in new[]
        {
            "http.server.request.duration", "http.server.active_requests", "kestrel.active_connections",
            "aspnetcore.routing.match_attempts", "http.client.request.duration", "http.client.open_connections",
            "dotnet.gc.collections", "dotnet.process.memory.working_set", "dotnet.thread_pool.thread.count",
        })
        {
            Assert.Contains(name, _metrics.ByName.Keys);
        }

        Assert.Equal("s", _metrics.ByName["http.server.request.duration"].Unit);
    }

    private IEnumerable<string?> Routes()
    {
        if (!_metrics.ByName.TryGetValue("http.server.request.duration", out var duration))
            yield break;
        foreach (ref readonly var point in duration.GetMetricPoints())
        {
            foreach (var tag in point.Tags)
            {
                if (tag.Key == "http.route")
                    yield return tag.Value as string;
            }
        }
    }
}
