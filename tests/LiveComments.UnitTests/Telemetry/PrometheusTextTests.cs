using System.Diagnostics.Metrics;
using System.Net;
using LiveComments.ServiceDefaults.Telemetry.PrometheusText;
using LiveComments.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace LiveComments.UnitTests.Telemetry;

/// <summary>Scrapes a real Kestrel on a free loopback port.</summary>
[Collection(ProcessMetricsCollection.Name)]
public sealed class PrometheusTextTests : IAsyncDisposable
{
    private readonly string _meterName = $"test.{Guid.NewGuid():N}";
    private readonly Meter _meter;
    private readonly StoppedClock _clock = new();
    private readonly HttpClient _http = new();
    private WebApplication? _app;

    public PrometheusTextTests() => _meter = new Meter(_meterName);

    public async ValueTask DisposeAsync()
    {
        _meter.Dispose();
        _http.Dispose();
        if (_app is not null)
            await _app.DisposeAsync();
    }

    [Fact]
    public async Task Every_kind_of_instrument_has_its_form()
    {
        await StartAsync();
        var posted = _meter.CreateCounter<long>("comments.posted", "{comment}", "Comments by status.");
        posted.Add(2, new KeyValuePair<string, object?>("status", "accepted"));
        posted.Add(1, new KeyValuePair<string, object?>("status", "rejected"));
        _meter.CreateUpDownCounter<int>("connections", "{connection}").Add(-3);
        _meter.CreateObservableGauge("fill", () => 0.25, "1", "How full.");
        _meter.CreateObservableCounter("cpu.time", () => 1.5, "s");
        var latency = _meter.CreateHistogram<double>(
            "latency", "s", null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.1, 2.5] });
        foreach (var seconds in new[] { 0.001, 0.05, 0.06, 9 })
            latency.Record(seconds, new KeyValuePair<string, object?>("transport", "sse"));

        var text = await ScrapeAsync();

        Assert.Equal(
            """
            # HELP target_info The resource that these metrics are about.
            # TYPE target_info gauge
            target_info{service_name="unit"} 1
            # HELP comments_posted_total Comments by status.
            # TYPE comments_posted_total counter
            comments_posted_total{status="accepted"} 2
            comments_posted_total{status="rejected"} 1
            # TYPE connections gauge
            connections -3
            # HELP fill_ratio How full.
            # TYPE fill_ratio gauge
            # UNIT fill_ratio ratio
            fill_ratio 0.25
            # TYPE cpu_time_seconds_total counter
            # UNIT cpu_time_seconds_total seconds
            cpu_time_seconds_total 1.5
            # TYPE latency_seconds histogram
            # UNIT latency_seconds seconds
            latency_seconds_bucket{transport="sse",le="0.005"} 1
            latency_seconds_bucket{transport="sse",le="0.1"} 3
            latency_seconds_bucket{transport="sse",le="2.5"} 3
            latency_seconds_bucket{transport="sse",le="+Inf"} 4
            latency_seconds_sum{transport="sse"} 9.111
            latency_seconds_count{transport="sse"} 4

            """,
            text,
            ignoreLineEndingDifferences: true);
        PrometheusTextParser.Parse(text);
    }

    [Fact]
    public async Task Figures_are_totals_since_the_start()
    {
        await StartAsync();
        var counter = _meter.CreateCounter<long>("seen");
        counter.Add(1);
        Assert.Equal(1, Single(await ScrapeAsync(), "seen_total"));

        counter.Add(2);
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(3, Single(await ScrapeAsync(), "seen_total"));
    }

    [Fact]
    public async Task Awkward_text_is_escaped_and_reads_back()
    {
        const string Awkward = "a\\b \"c\"\nd,e={}ü";
        await StartAsync();
        _meter.CreateCounter<long>("seen", null, Awkward).Add(1, new KeyValuePair<string, object?>("value", Awkward));

        var family = PrometheusTextParser.Parse(await ScrapeAsync())["seen_total"];

        Assert.Equal(Awkward, family.Help);
        Assert.Equal(Awkward, Assert.Single(family.Samples).Labels["value"]);
    }

    [Fact]
    public async Task Tags_of_every_type_become_labels_and_equal_labels_share_one()
    {
        await StartAsync();
        _meter.CreateCounter<long>("seen").Add(
            1, new("a.b", 1), new("a_b", 2.5), new("flag", true), new("nothing", null), new("items", new[] { "x", "y" }));
        _meter.CreateHistogram<int>("size").Record(1, new KeyValuePair<string, object?>("le", "mine"));

        var families = PrometheusTextParser.Parse(await ScrapeAsync());

        var labels = Assert.Single(families["seen_total"].Samples).Labels;
        Assert.Equal("1;2.5", labels["a_b"]);
        Assert.Equal("true", labels["flag"]);
        Assert.Equal("", labels["nothing"]);
        Assert.Equal("[x,y]", labels["items"]);
        Assert.All(families["size"].Samples, sample => Assert.Equal("mine", sample.Labels["exported_le"]));
    }

    [Fact]
    public async Task Odd_numbers_are_written_as_Prometheus_reads_them()
    {
        await StartAsync();
        _meter.CreateObservableGauge("odd", () => new Measurement<double>[]
        {
            new(double.NaN, new KeyValuePair<string, object?>("n", "nan")),
            new(double.PositiveInfinity, new KeyValuePair<string, object?>("n", "up")),
            new(double.NegativeInfinity, new KeyValuePair<string, object?>("n", "down")),
            new(1e-300, new KeyValuePair<string, object?>("n", "small")),
            new(123456789012345680d, new KeyValuePair<string, object?>("n", "big")),
        });

        var values = PrometheusTextParser.Parse(await ScrapeAsync())["odd"].Samples.Select(sample => sample.Value);

        Assert.Equal([double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e-300, 123456789012345680d], values);
    }

    [Fact]
    public async Task Metrics_of_one_name_share_a_family_and_a_contradiction_is_left_out()
    {
        using var other = new Meter($"{_meterName}.other");
        await StartAsync();
        _meter.CreateCounter<long>("seen").Add(1, new KeyValuePair<string, object?>("from", "one"));
        other.CreateCounter<long>("seen").Add(2, new KeyValuePair<string, object?>("from", "other"));
        _meter.CreateCounter<long>("same").Add(3);
        other.CreateCounter<long>("same").Add(4);
        _meter.CreateUpDownCounter<long>("both").Add(5);
        other.CreateHistogram<long>("both").Record(6);

        var families = PrometheusTextParser.Parse(await ScrapeAsync());

        Assert.Equal([1, 2], families["seen_total"].Samples.Select(sample => sample.Value));
        Assert.Equal(3, Assert.Single(families["same_total"].Samples).Value);
        Assert.Equal(5, Assert.Single(families["both"].Samples).Value);
    }

    [Fact]
    public async Task Scrapes_at_the_same_time_or_shortly_after_cost_one_collection()
    {
        var collections = 0;
        await StartAsync();
        _meter.CreateObservableGauge("collections", () => Interlocked.Increment(ref collections));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ScrapeAsync()));
        _clock.Advance(TimeSpan.FromMilliseconds(300));
        Assert.Equal(1, Single(await ScrapeAsync(), "collections"));

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, Single(await ScrapeAsync(), "collections"));
        Assert.Equal(2, collections);
    }

    [Fact]
    public async Task Collection_that_hangs_is_a_503_and_its_end_serves_the_next_scrape()
    {
        using var release = new ManualResetEventSlim();
        await StartAsync();
        _meter.CreateObservableGauge("slow", () =>
        {
            release.Wait();
            return 1;
        });

        var scrape = _http.GetAsync(Url("/metrics"));
        await Eventually.UntilAsync("the scrape waits", () => _clock.Timers == 1);
        _clock.Advance(TimeSpan.FromSeconds(5));
        using (var response = await Eventually.WithinAsync("an answer", scrape))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);

        release.Set();
        Assert.Equal(1, Single(await ScrapeAsync(), "slow"));
    }

    [Fact]
    public async Task Answer_says_its_format_and_is_not_to_be_stored()
    {
        await StartAsync();

        using var response = await _http.GetAsync(Url("/metrics"));
        using var head = await _http.SendAsync(new HttpRequestMessage(HttpMethod.Head, Url("/metrics")));
        using var post = await _http.PostAsync(Url("/metrics"), null);

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.True(response.Headers.CacheControl?.NoStore);
        Assert.Equal(response.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
    }

    [Fact]
    public async Task Real_services_page_is_sound_and_scrapes_do_not_count_as_requests()
    {
        await StartAsync(metrics => metrics.AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation());

        var families = await Eventually.GetAsync("the request is counted", async () =>
        {
            using (await _http.GetAsync(Url("/hello/1")))
                _clock.Advance(TimeSpan.FromSeconds(1));
            var parsed = PrometheusTextParser.Parse(await ScrapeAsync());
            return parsed.ContainsKey("http_server_request_duration_seconds") ? parsed : null;
        });

        var requests = families["http_server_request_duration_seconds"];
        Assert.Equal("histogram", requests.Type);
        Assert.Contains(requests.Samples, sample => sample.Labels.GetValueOrDefault("http_route") == "/hello/{id}");
        Assert.DoesNotContain(requests.Samples, sample => sample.Labels.GetValueOrDefault("http_route") == "/metrics");
        Assert.Equal("counter", families["dotnet_gc_collections_total"].Type);
        Assert.Equal("gauge", families["dotnet_process_memory_working_set_bytes"].Type);
    }

    [Fact]
    public async Task Path_is_the_callers_choice_and_adding_twice_does_no_harm()
    {
        await StartAsync(metrics => metrics.AddPrometheusText(), pattern: "/internal/prometheus");
        _meter.CreateCounter<long>("seen").Add(1);

        Assert.Equal(1, Single(await _http.GetStringAsync(Url("/internal/prometheus")), "seen_total"));
    }

    [Fact]
    public void Mapping_without_metrics_says_what_is_missing()
    {
        var app = WebApplication.CreateBuilder().Build();

        var exception = Assert.Throws<InvalidOperationException>(() => app.MapPrometheusText());
        Assert.Contains("AddPrometheusText", exception.Message, StringComparison.Ordinal);
    }

    private static double Single(string text, string family) =>
        Assert.Single(PrometheusTextParser.Parse(text)[family].Samples).Value;

    private Task<string> ScrapeAsync() => _http.GetStringAsync(Url("/metrics"));

    private Uri Url(string path) => new(new Uri(_app!.Urls.First()), path);

    private async Task StartAsync(Action<MeterProviderBuilder>? configure = null, string pattern = "/metrics")
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(_clock);
        builder.Services.AddOpenTelemetry().WithMetrics(metrics =>
        {
            metrics
                .SetResourceBuilder(ResourceBuilder.CreateEmpty().AddAttributes([new("service.name", "unit")]))
                .AddMeter($"{_meterName}*")
                .AddPrometheusText();
            configure?.Invoke(metrics);
        });
        _app = builder.Build();
        _app.MapPrometheusText(pattern);
        _app.MapGet("/hello/{id}", (int id) => id);
        await _app.StartAsync();
    }
}
