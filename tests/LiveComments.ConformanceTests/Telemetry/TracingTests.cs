using System.Diagnostics;
using LiveComments.ConformanceTests.Http;
using LiveComments.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Instrumentation.AspNetCore;
using OpenTelemetry.Instrumentation.Http;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace LiveComments.ConformanceTests.Telemetry;

[Collection(TelemetryCollection.Name)]
public sealed class TracingTests
{
    private readonly Collected<Activity> _spans = new();

    [Fact]
    public async Task One_request_gives_a_client_and_a_server_span_of_one_trace()
    {
        await using var server = await StartAsync();
        using var http = new HttpClient();

        using var response = await http.GetAsync(new Uri(server.Address, "/traced/items/7?secret=x&b"));

        var client = await SpanAsync(ActivityKind.Client, server, "/traced/items/7");
        var incoming = await SpanAsync(ActivityKind.Server, server, "/traced/items/7");
        Assert.Equal(client.TraceId, incoming.TraceId);
        Assert.Equal(client.SpanId, incoming.ParentSpanId);

        Assert.Equal("GET", client.DisplayName);
        Assert.Equal("GET", client.GetTagItem("http.request.method"));
        Assert.Equal(200, client.GetTagItem("http.response.status_code"));
        Assert.Equal("127.0.0.1", client.GetTagItem("server.address"));
        Assert.Equal(server.Address.Port, client.GetTagItem("server.port"));
        Assert.DoesNotContain("secret=x", (string?)client.GetTagItem("url.full"), StringComparison.Ordinal);

        Assert.Equal("GET /traced/items/{id}", incoming.DisplayName);
        Assert.Equal("GET", incoming.GetTagItem("http.request.method"));
        Assert.Equal("/traced/items/{id}", incoming.GetTagItem("http.route"));
        Assert.Equal("/traced/items/7", incoming.GetTagItem("url.path"));
        Assert.Equal("?secret=Redacted&b", incoming.GetTagItem("url.query"));
        Assert.Equal("http", incoming.GetTagItem("url.scheme"));
        Assert.Equal("127.0.0.1", incoming.GetTagItem("server.address"));
        Assert.Equal(server.Address.Port, incoming.GetTagItem("server.port"));
        Assert.Equal("1.1", incoming.GetTagItem("network.protocol.version"));
        Assert.Equal(200, incoming.GetTagItem("http.response.status_code"));
        Assert.Equal(ActivityStatusCode.Unset, incoming.Status);
    }

    [Theory]
    [InlineData(404, ActivityStatusCode.Unset, ActivityStatusCode.Error)]
    [InlineData(503, ActivityStatusCode.Error, ActivityStatusCode.Error)]
    public async Task Status_of_the_answer_is_the_servers_error_from_500_on_and_the_clients_from_400_on(
        int status, ActivityStatusCode atServer, ActivityStatusCode atClient)
    {
        await using var server = await StartAsync();
        using var http = new HttpClient();

        using var response = await http.GetAsync(new Uri(server.Address, $"/traced/status/{status}"));

        var client = await SpanAsync(ActivityKind.Client, server, $"/traced/status/{status}");
        var incoming = await SpanAsync(ActivityKind.Server, server, $"/traced/status/{status}");
        Assert.Equal(status, incoming.GetTagItem("http.response.status_code"));
        Assert.Equal((atServer, atClient), (incoming.Status, client.Status));
    }

    [Fact]
    public async Task Filtered_requests_have_no_spans()
    {
        await using var server = await StartAsync(
            incoming => incoming.Filter = context => context.Request.Path != "/traced/health",
            outgoing => outgoing.FilterHttpRequestMessage = request => request.RequestUri!.AbsolutePath != "/traced/health");
        using var http = new HttpClient();

        using var hidden = await http.GetAsync(new Uri(server.Address, "/traced/health"));
        using var shown = await http.GetAsync(new Uri(server.Address, "/traced/items/1"));

        await SpanAsync(ActivityKind.Server, server, "/traced/items/1");
        await SpanAsync(ActivityKind.Client, server, "/traced/items/1");
        Assert.DoesNotContain(_spans.Items, span => Path(span) == "/traced/health");
    }

    [Fact]
    public async Task Spans_can_be_enriched_and_a_callback_that_throws_harms_no_request()
    {
        await using var server = await StartAsync(
            incoming =>
            {
                incoming.EnrichWithHttpRequest = (span, request) => span.SetTag("test.request", request.Method);
                incoming.EnrichWithHttpResponse = (_, _) => throw new InvalidOperationException("on purpose");
            },
            outgoing =>
            {
                outgoing.EnrichWithHttpRequestMessage = (_, _) => throw new InvalidOperationException("on purpose");
                outgoing.EnrichWithHttpResponseMessage = (span, response) => span.SetTag("test.response", (int)response.StatusCode);
            });
        using var http = new HttpClient();

        using var response = await http.GetAsync(new Uri(server.Address, "/traced/items/1"));

        Assert.True(response.IsSuccessStatusCode);
        Assert.Equal("GET", (await SpanAsync(ActivityKind.Server, server, "/traced/items/1")).GetTagItem("test.request"));
        Assert.Equal(200, (await SpanAsync(ActivityKind.Client, server, "/traced/items/1")).GetTagItem("test.response"));
    }

    [Fact]
    public async Task Unhandled_exception_is_recorded_when_asked_for()
    {
        await using var server = await StartAsync(incoming => incoming.RecordException = true);
        using var http = new HttpClient();

        using var response = await http.GetAsync(new Uri(server.Address, "/traced/throw"));

        var span = await SpanAsync(ActivityKind.Server, server, "/traced/throw");
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal(typeof(InvalidDataException).FullName, span.GetTagItem("error.type"));
        Assert.Equal("GET /traced/throw", span.DisplayName);
        Assert.Contains(span.Events, happened => happened.Name == "exception");
    }

    [Fact]
    public async Task Failed_request_is_an_error_of_the_client_span()
    {
        await using var server = await StartAsync(configureOutgoing: outgoing => outgoing.RecordException = true);
        var gone = await LoopbackServer.StartAsync((_, _) => Task.CompletedTask);
        await gone.DisposeAsync();
        using var http = new HttpClient();

        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri(gone.Address, "/traced/gone")));

        var span = await SpanAsync(ActivityKind.Client, gone, "/traced/gone");
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal("connection_error", span.GetTagItem("error.type"));
        Assert.Contains(span.Events, happened => happened.Name == "exception");
    }

    [Fact]
    public async Task Baggage_travels_with_a_request()
    {
        await using var server = await StartAsync();
        using var http = new HttpClient();

        Baggage.SetBaggage("tenant", "blue");
        try
        {
            Assert.Equal("blue", await http.GetStringAsync(new Uri(server.Address, "/traced/baggage")));
        }
        finally
        {
            Baggage.ClearBaggage();
        }
    }

    [Fact]
    public async Task Two_registrations_of_one_instrumentation_act_once()
    {
        var calls = 0;
        await using var server = await LoopbackServer.StartAsync(
            services => services.AddOpenTelemetry()
                .WithTracing(tracing => tracing.AddAspNetCoreInstrumentation(options => options.EnrichWithHttpRequest = (_, request) =>
                {
                    if (request.Path == "/traced/twice")
                        Interlocked.Increment(ref calls);
                }))
                .WithTracing(tracing => tracing.AddAspNetCoreInstrumentation().AddProcessor(_spans)),
            app => app.MapGet("/traced/twice", () => "ok"));
        using var http = new HttpClient();

        using var response = await http.GetAsync(new Uri(server.Address, "/traced/twice"));

        await SpanAsync(ActivityKind.Server, server, "/traced/twice");
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task Providers_end_with_the_host_and_know_the_resource()
    {
        await using (var server = await StartAsync())
        {
            var provider = server.Services.GetRequiredService<TracerProvider>();
            Assert.Contains(
                KeyValuePair.Create("service.name", (object)"conformance"),
                provider.GetResource().Attributes);
            Assert.False(_spans.IsDisposed);
        }

        Assert.True(_spans.IsDisposed);
    }

    private async Task<LoopbackServer> StartAsync(
        Action<AspNetCoreTraceInstrumentationOptions>? configureIncoming = null,
        Action<HttpClientTraceInstrumentationOptions>? configureOutgoing = null) =>
        await LoopbackServer.StartAsync(
            services => services.AddOpenTelemetry()
                .ConfigureResource(resource => resource.AddService("conformance"))
                .WithTracing(tracing => tracing
                    .AddAspNetCoreInstrumentation(configureIncoming)
                    .AddHttpClientInstrumentation(configureOutgoing)
                    .AddProcessor(_spans)),
            app =>
            {
                app.MapGet("/traced/items/{id}", (int id) => id);
                app.MapGet("/traced/health", () => "ok");
                app.MapGet("/traced/status/{status:int}", (int status) => Results.StatusCode(status));
                app.MapGet("/traced/throw", string () => throw new InvalidDataException("on purpose"));
                app.MapGet("/traced/baggage", () => Baggage.GetBaggage("tenant"));
            });

    private Task<Activity> SpanAsync(ActivityKind kind, LoopbackServer server, string path) =>
        Eventually.GetAsync(
            $"a {kind} span of {path}",
            () => Task.FromResult(_spans.Items.FirstOrDefault(span =>
                span.Kind == kind && Path(span) == path && Equals(span.GetTagItem("server.port"), server.Address.Port))));

    private static string? Path(Activity span) =>
        span.GetTagItem("url.path") as string ?? (span.GetTagItem("url.full") is string url ? new Uri(url).AbsolutePath : null);
}
