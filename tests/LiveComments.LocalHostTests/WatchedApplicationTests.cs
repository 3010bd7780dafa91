using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.NetworkInformation;
using System.Text.Json;
using Aspire.Hosting.Dashboard;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LiveComments.LocalHostTests;

/// <summary>What the dashboard shows of the real services, and what can be done there. One running system for all of it.</summary>
public sealed partial class WatchedApplicationTests(WatchedApplication running) : IClassFixture<WatchedApplication>
{
    private readonly DashboardServer _dashboard = running.App.Services.GetRequiredService<DashboardServer>();

    [Fact]
    public async Task A_comment_s_trace_and_the_services_metrics_are_there_without_any_set_up()
    {
        using var dashboard = await DashboardClient.LoginAsync(_dashboard);
        await PostCommentAsync();

        // Through both services, in one trace.
        var trace = await Eventually.GetAsync("the trace of the comment, through gateway and api", async () =>
        {
            var traces = await dashboard.GetAsync("/api/traces?text=comments&resource=gateway");
            return traces.EnumerateArray().FirstOrDefault(trace => trace.GetProperty("name").GetString()!.StartsWith("POST", StringComparison.Ordinal)
                && trace.GetProperty("resources").EnumerateArray().Any(one => one.GetProperty("name").GetString() == "api")) is { ValueKind: JsonValueKind.Object } found ? found.GetProperty("id").GetString() : null;
        });
        var spans = (await dashboard.GetAsync($"/api/traces/{trace}")).GetProperty("spans").EnumerateArray().ToList();
        var ids = spans.Select(span => span.GetProperty("id").GetString()).ToHashSet();
        Assert.Contains(spans, span => span.GetProperty("resource").GetString() == "api" && ids.Contains(span.GetProperty("parent").GetString()));
        Assert.All(spans, span => Assert.True(span.GetProperty("ms").GetDouble() >= 0));
        Assert.Empty((await dashboard.GetAsync("/api/traces?text=no-span-is-called-so")).EnumerateArray());
        Assert.Empty((await dashboard.GetAsync("/api/traces?atLeastMs=86400000")).EnumerateArray());

        var chart = await Eventually.GetAsync("a chart of the requests", async () =>
            (await dashboard.GetAsync("/api/resources/api/metrics")).EnumerateArray()
                .FirstOrDefault(chart => chart.GetProperty("name").GetString() == "http.server.request.duration" && chart.GetProperty("lines").GetArrayLength() == 3) is { ValueKind: JsonValueKind.Object } found ? found.ToString() : null);
        Assert.Contains("p95", chart, StringComparison.Ordinal);
        var newest = (await dashboard.GetAsync("/api/resources/gateway/metrics")).EnumerateArray().SelectMany(one => one.GetProperty("lines").EnumerateArray()).SelectMany(line => line.GetProperty("points").EnumerateArray()).Max(point => point[0].GetInt64());
        // What was told is not told again.
        Assert.DoesNotContain((await dashboard.GetAsync($"/api/resources/gateway/metrics?after={newest}")).EnumerateArray().SelectMany(one => one.GetProperty("lines").EnumerateArray()).SelectMany(line => line.GetProperty("points").EnumerateArray()), point => point[0].GetInt64() <= newest);
    }

    [Fact]
    public async Task Telemetry_is_taken_on_loopback_and_with_the_key_only()
    {
        var api = running.EnvironmentOf("api");
        Assert.Equal("grpc", api["OTEL_EXPORTER_OTLP_PROTOCOL"]);
        Assert.Matches("^x-otlp-api-key=[0-9a-f]{32}$", api["OTEL_EXPORTER_OTLP_HEADERS"]);
        var endpoint = new Uri(api["OTEL_EXPORTER_OTLP_ENDPOINT"]);

        var listeners = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(listener => listener.Port == endpoint.Port || listener.Port == _dashboard.Port).ToList();
        Assert.Equal(2, listeners.Count);
        Assert.All(listeners, listener => Assert.True(IPAddress.IsLoopback(listener.Address)));

        using var client = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        Assert.Equal("16", await ExportAsync(client, endpoint, [0, 0, 0, 0, 0], key: null));
        var key = api["OTEL_EXPORTER_OTLP_HEADERS"].Split('=')[1];
        Assert.Equal("0", await ExportAsync(client, endpoint, [0, 0, 0, 0, 0], key));
        // Too short for its length; a length beyond the message's end inside it; compressed.
        Assert.Equal("3", await ExportAsync(client, endpoint, [0, 0, 0, 0, 9], key));
        Assert.Equal("3", await ExportAsync(client, endpoint, [0, 0, 0, 0, 2, 0x0A, 0x7F], key));
        Assert.Equal("12", await ExportAsync(client, endpoint, [1, 0, 0, 0, 0], key));
    }

    [Fact]
    public async Task Only_the_page_itself_may_stop_and_start_and_what_was_restarted_is_healthy_again()
    {
        using var dashboard = await DashboardClient.LoginAsync(_dashboard);
        foreach (var origin in new[] { null, "null", running.App.GetEndpoint("gateway").GetLeftPart(UriPartial.Authority), "http://evil.example" })
            Assert.Equal(HttpStatusCode.Forbidden, (await dashboard.PostAsync("/api/resources/api/restart", origin)).Status);
        using var stranger = new HttpClient();
        using var refused = await stranger.PostAsync(new Uri($"{_dashboard.Url}/api/resources/api/restart"), null);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await dashboard.PostAsync("/api/resources/nobody/restart", _dashboard.Url)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await dashboard.PostAsync("/api/resources/api/explode", _dashboard.Url)).Status);

        // A service and a server that keeps throw-away data.
        foreach (var resource in new[] { "fanout-1", "postgres" })
        {
            var before = running.ProcessOf(resource);
            Assert.Equal((HttpStatusCode.NoContent, ""), await dashboard.PostAsync($"/api/resources/{resource}/restart", _dashboard.Url));
            await HealthyAsync(resource);
            Assert.NotEqual(before, running.ProcessOf(resource));
        }

        Assert.Equal(HttpStatusCode.NoContent, (await dashboard.PostAsync("/api/resources/fanout-1/stop", _dashboard.Url)).Status);
        Assert.True(running.App.ResourceNotifications.TryGetCurrentState("fanout-1", out var stopped));
        Assert.Equal(KnownResourceStates.Finished, stopped.Snapshot.State?.Text);
        var again = await dashboard.PostAsync("/api/resources/fanout-1/stop", _dashboard.Url);
        Assert.Equal((HttpStatusCode.Conflict, "'fanout-1' can't stop while it is Finished.\n"), again);
        Assert.Equal(HttpStatusCode.NoContent, (await dashboard.PostAsync("/api/resources/fanout-1/start", _dashboard.Url)).Status);
        await HealthyAsync("fanout-1");
        await PostCommentAsync();
    }

    [Fact]
    public async Task The_page_shows_logs_charts_and_a_waterfall_and_restarts_what_is_chosen()
    {
        await using var chromium = new ChromiumBrowser();
        await chromium.StartAsync();
        var page = await chromium.Browser.NewPageAsync(new() { ViewportSize = new() { Width = 1400, Height = 900 } });
        var faults = new List<string>();
        page.PageError += (_, fault) => faults.Add(fault);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                faults.Add(message.Text);
        };
        await PostCommentAsync();
        await page.GotoAsync(_dashboard.LoginUrl);

        await page.GetByRole(AriaRole.Button, new() { Name = "gateway", Exact = true }).ClickAsync();
        await Expect(page.Locator("#log p").First).ToBeVisibleAsync();
        await page.GetByLabel("Filter lines").FillAsync("listening");
        await Expect(page.Locator("#log mark").First).ToHaveTextAsync("listening", new() { IgnoreCase = true });

        await page.GetByRole(AriaRole.Tab, new() { Name = "Metrics" }).ClickAsync();
        var requests = page.Locator(".chart").Filter(new() { HasText = "http.server.request.duration" });
        await Expect(requests.Locator("polyline")).ToHaveCountAsync(3);
        await Expect(requests).ToContainTextAsync("p95");
        // It moves: a line gets points while one looks.
        var cpu = page.Locator(".chart").Filter(new() { HasText = "dotnet.process.cpu.time" }).Locator("polyline").First;
        var points = await cpu.GetAttributeAsync("points");
        await Eventually.UntilAsync("the chart moves", async () => await cpu.GetAttributeAsync("points") is { } now && now.Length > points!.Length);
        await page.ScreenshotAsync(new() { Path = Picture("dashboard-metrics") });

        await page.GetByRole(AriaRole.Link, new() { Name = "Traces" }).ClickAsync();
        await page.GetByLabel("Name or trace id").FillAsync("POST");
        await page.GetByLabel("Resource", new() { Exact = true }).SelectOptionAsync("gateway");
        await page.Locator("#traces button").Filter(new() { HasText = "POST" }).First.ClickAsync();
        await Expect(page.Locator("#waterfall .piece").Nth(1)).ToBeVisibleAsync();
        await Expect(page.Locator("#span")).ToContainTextAsync("http.request.method");
        await page.ScreenshotAsync(new() { Path = Picture("dashboard-trace") });

        await page.GetByRole(AriaRole.Link, new() { Name = "Resources" }).ClickAsync();
        var before = running.ProcessOf("gateway");
        await page.GetByRole(AriaRole.Button, new() { Name = "Restart" }).ClickAsync();
        await Eventually.UntilAsync("the gateway is another process", () => running.App.ResourceNotifications.TryGetCurrentState("gateway", out var now)
            && now.Snapshot.Properties.FirstOrDefault(property => property.Name == "executable.pid")?.Value is string pid && pid != before.ToString(System.Globalization.CultureInfo.InvariantCulture), TimeSpan.FromSeconds(45));
        await HealthyAsync("gateway");
        await Expect(page.Locator("#summary")).ToContainTextAsync("ready");
        Assert.Empty(faults);
    }

    private Task HealthyAsync(string resource) =>
        Eventually.WithinAsync($"{resource} is healthy", running.App.ResourceNotifications.WaitForResourceHealthyAsync(resource), TimeSpan.FromSeconds(60));

    private async Task PostCommentAsync()
    {
        using var client = running.App.CreateHttpClient("gateway");
        var token = await Eventually.GetAsync("a token", async () =>
        {
            using var answer = await client.PostAsJsonAsync("/api/auth/dev-token", new { username = "ada" });
            return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString();
        });
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var created = await client.PostAsJsonAsync("/api/streams", new { title = "A test" });
        var stream = (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();
        using var posted = await client.PostAsJsonAsync($"/api/streams/{stream}/comments", new { content = "seen by the dashboard" });
        Assert.Equal(HttpStatusCode.Created, posted.StatusCode);
    }

    private static async Task<string> ExportAsync(HttpClient client, Uri endpoint, byte[] body, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(endpoint, "/opentelemetry.proto.collector.trace.v1.TraceService/Export")) { Content = new ByteArrayContent(body), Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Content.Headers.ContentType = new("application/grpc");
        if (key is not null)
            request.Headers.Add("x-otlp-api-key", key);
        using var answer = await client.SendAsync(request);
        await answer.Content.ReadAsByteArrayAsync();
        return answer.TrailingHeaders.GetValues("grpc-status").Single();
    }

    // To look at; kept in no repository.
    private static string Picture(string name) => Path.Combine(AppContext.BaseDirectory, $"{name}.png");
}
