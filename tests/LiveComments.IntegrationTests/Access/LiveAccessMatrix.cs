using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using LiveComments.Contracts;
using LiveComments.IntegrationTests.Transports;
using LiveComments.ServiceDefaults.Trunks;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Access;

/// <summary>The same for what nodes and the gateway answer themselves: every address × every caller × own and foreign ids.</summary>
[Collection(AccessCollection.Name)]
public sealed partial class LiveAccessMatrix(AccessSystem system)
{
    private const int Switching = (int)HttpStatusCode.SwitchingProtocols;
    private const string Trunk = TrunkProtocol.Path;

    // Where nodes, the gateway and what all services share map an address; one that is new here wants a row below.
    private static readonly string[] Mapped =
    [
        "LiveComments.Fanout/Transports/EventsEndpoint.cs: app.MapGet(\"/live/streams/{streamId}/events\"",
        "LiveComments.Fanout/Transports/Sockets/SocketEndpoint.cs: app.MapMethods(\"/live/streams/{streamId}/ws\"",
        "LiveComments.Fanout/Transports/Sockets/SocketEndpoint.cs: app.MapMethods(\"/live/ws\"",
        "LiveComments.Fanout/Transports/Trunks/TrunkEndpoint.cs: app.MapGet(TrunkProtocol.Path",
        "LiveComments.Gateway/Routing/RoutingSetup.cs: app.MapReverseProxy(proxy",
        "LiveComments.Gateway/WebClient/WebClientFiles.cs: app.MapFallbackToFile(\"{*path:nonfile}\"",
        "LiveComments.ServiceDefaults/Health/HealthEndpoints.cs: app.Map(\"/alive\"",
        "LiveComments.ServiceDefaults/Health/HealthEndpoints.cs: app.Map(\"/health\"",
        "LiveComments.ServiceDefaults/Health/HealthEndpoints.cs: app.Map($\"/health/{part}\"",
        "LiveComments.ServiceDefaults/Health/HealthEndpoints.cs: app.MapGet($\"/health/{part}\"",
        "LiveComments.ServiceDefaults/Health/HealthEndpoints.cs: app.MapHealthChecks(path",
        "LiveComments.ServiceDefaults/Telemetry/PrometheusText/PrometheusTextExtensions.cs: endpoints.MapMethods(pattern",
    ];

    [Fact]
    public void Every_address_that_is_mapped_has_rows_here()
    {
        var found = from file in Repository.Files()
                    where file.EndsWith(".cs", StringComparison.Ordinal) && Places().IsMatch(file)
                    from Match mapping in Mapping().Matches(File.ReadAllText(Path.Combine(Repository.Root, file)))
                    select $"{file}: {mapping.Value}";
        Assert.Equal(Mapped.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Everybody_may_watch_what_they_may_and_nothing_else(bool anonymousReads)
    {
        var node = anonymousReads ? system.Fanout : system.ClosedFanout;
        var stream = await NewStreamAsync();
        var differences = new List<string>();
        foreach (var caller in Callers.All)
        {
            var let = anonymousReads || !caller.IsNobody();
            var token = Callers.TokenOf(caller);
            using var client = AccessSystem.ClientOf(node, token);
            foreach (var (path, expected) in new[]
            {
                ($"/live/streams/{stream}/events?wait=0", let ? 200 : 401), ("/live/streams/no-such-stream/events?wait=0", let ? 404 : 401), ("/live/streams/a.b/events?wait=0", let ? 404 : 401),
                ($"/live/streams/{stream}/events?wait=x", let ? 400 : 401), ($"/live/streams/{stream}/events?cursor=x", let ? 400 : 401),
                // Of those who watch, WebSockets alone; and nobody but a gateway has a trunk.
                ($"/live/streams/{stream}/ws", let ? 426 : 401), ("/live/ws", let ? 426 : 401), (Trunk, 426),
                ("/alive", 200), ("/health", 200), ("/health/nats", 200), ("/health/redis", 200), ("/health/db", 404), ("/metrics", 200), ("/", 404), ("/api/users/me", 404),
            })
            {
                using var answer = await GetAsync(client, path);
                Compare($"GET {path}", caller, (int)answer.StatusCode, expected);
            }

            foreach (var method in new[] { HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Patch })
            {
                foreach (var path in new[] { $"/live/streams/{stream}/events", $"/live/streams/{stream}/ws", "/live/ws", Trunk, "/metrics" })
                {
                    using var request = new HttpRequestMessage(method, path);
                    using var answer = await client.SendAsync(request);
                    Compare($"{method} {path}", caller, (int)answer.StatusCode, 405);
                }
            }

            var authorization = token is null ? "" : $"Authorization: Bearer {token}\r\n";
            foreach (var (path, expected) in new[]
            {
                ($"/live/streams/{stream}/ws", let ? Switching : 401), ("/live/ws", let ? Switching : 401), ("/live/streams/no-such-stream/ws", let ? 404 : 401), ("/live/streams/a.b/ws", let ? 404 : 401),
                ($"/live/streams/{stream}/ws?cursor=x", let ? 400 : 401), (Trunk, 426), ("/live/streams/a.b", 404), ("/health", 200),
            })
                Compare($"WebSocket {path}", caller, await Handshake.StatusAsync(node.Address, path, authorization), expected);

            void Compare(string what, Caller who, int status, int expected)
            {
                if (status != expected)
                    differences.Add($"{what}, {who}: {status} instead of {expected}");
            }
        }

        Assert.Empty(differences);
    }

    [Fact]
    public async Task Through_the_gateway_nobody_reaches_what_is_between_services()
    {
        var upgrade = $"Upgrade: {TrunkProtocol.Name}\r\n";
        foreach (var caller in Callers.All)
        {
            using var client = AccessSystem.ClientOf(system.Gateway, Callers.TokenOf(caller));
            foreach (var path in new[] { Trunk, "/internal", "/live/internal/trunk", "/live/../internal/trunk", "/live/%2e%2e/internal/trunk", "/live/..%2finternal/trunk", "/api/../internal/trunk", "//internal/trunk", "/INTERNAL/trunk" })
            {
                using var answer = await GetAsync(client, path);
                Assert.True(answer.StatusCode == HttpStatusCode.NotFound || answer.Content.Headers.ContentType?.MediaType == "text/html", $"{path}, {caller}: {answer.StatusCode}");
                Assert.NotEqual(Switching, await Handshake.StatusAsync(system.Gateway.Address, path, upgrade));
            }

            foreach (var path in new[] { "/alive", "/health", "/metrics" })
            {
                using var answer = await GetAsync(client, path);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }

            // It has no such parts, and lends nobody those of the services behind it.
            foreach (var path in new[] { "/health/db", "/health/redis", "/health/nats" })
            {
                using var answer = await GetAsync(client, path);
                Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            }
        }
    }

    [Fact]
    public async Task A_cursor_of_another_stream_shows_nothing_of_that_stream()
    {
        var (stream, other) = (await NewStreamAsync(), await NewStreamAsync());
        using var ada = AccessSystem.ClientOf(system.Api, TestTokens.Of("ada"));
        await RunningSystem.PostAcceptedAsync(ada, other, "before, elsewhere");
        await using var elsewhere = new PollClient(system.Fanout.Address, other, cursor: null, token: null);
        await elsewhere.NextCommentAsync("the comment elsewhere");
        await RunningSystem.PostAcceptedAsync(ada, other, "after, elsewhere");
        await RunningSystem.PostAcceptedAsync(ada, stream, "here");
        foreach (var transport in new[] { LiveClient.Sse, LiveClient.WebSocket, LiveClient.Poll })
        {
            await using var viewer = await LiveClient.OpenAsync(transport, system.Fanout.Address, stream, elsewhere.Cursor);
            Assert.Equal("here", (await viewer.NextCommentAsync("what was posted here")).Content);
        }

        using var reader = AccessSystem.ClientOf(system.Api);
        var history = await Wire.GetAsync(reader, $"/api/streams/{stream}/comments?order=oldest&cursor={elsewhere.Cursor}", ContractsJson.Default.CommentPage);
        Assert.All(history.Comments, comment => Assert.Equal(stream, comment.StreamId));
    }

    private static Task<HttpResponseMessage> GetAsync(HttpClient client, string path)
    {
        // With its beginning, since two slashes would begin a host.
        var request = new HttpRequestMessage(HttpMethod.Get, client.BaseAddress!.GetLeftPart(UriPartial.Authority) + path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private async Task<string> NewStreamAsync()
    {
        using var client = AccessSystem.ClientOf(system.Api, TestTokens.Of("ada"));
        return (await RunningSystem.NewStreamAsync(client)).Id;
    }

    [GeneratedRegex(@"^LiveComments\.(Fanout|Gateway|ServiceDefaults)/")]
    private static partial Regex Places();

    // app.MapGet("/path"
    [GeneratedRegex(@"(?<!this )\b(app|endpoints)\.Map(Get|Post|Put|Patch|Delete|Methods|HealthChecks|ReverseProxy|FallbackToFile|Fallback|Hub|Group)?\(\s*[^,=)\s]+")]
    private static partial Regex Mapping();
}
