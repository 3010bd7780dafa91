using System.Net;
using System.Net.Http.Json;
using LiveComments.Contracts;
using LiveComments.IntegrationTests.Transports;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Access;

/// <summary>Tickets and cookies in hands, places and numbers that they are not for.</summary>
[Collection(AccessCollection.Name)]
public sealed class TicketAttacks(AccessSystem system)
{
    private const string Cookie = "live_session";

    private readonly string _ada = $"ada-{Guid.NewGuid():N}";

    [Fact]
    public async Task Of_fifty_who_come_at_once_to_two_nodes_with_one_ticket_one_gets_in()
    {
        var stream = await NewStreamAsync();
        using var one = AccessSystem.ClientOf(system.ClosedFanout);
        using var other = AccessSystem.ClientOf(system.Fanout);
        using var gateway = AccessSystem.ClientOf(system.Gateway);
        var clients = new[] { one, other, gateway };
        for (var round = 0; round < 3; round++)
        {
            var ticket = await system.TicketAsync(stream, TestTokens.Of(_ada));
            var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(viewer => WatchAsync(clients[viewer % clients.Length], stream, $"?ticket={ticket}")));
            var let = answers.Where(answer => answer.StatusCode == HttpStatusCode.OK).ToList();
            Assert.Single(let);
            Assert.Single(answers, answer => answer.Headers.Contains("Set-Cookie"));
            foreach (var refused in answers.Except(let))
                await ProblemDocument.AssertAsync(refused, HttpStatusCode.Unauthorized, ErrorCodes.TicketInvalid);
            foreach (var answer in answers)
                answer.Dispose();
        }
    }

    [Fact]
    public async Task A_node_that_stops_uses_no_ticket_up_so_the_next_one_takes_it()
    {
        var stream = await NewStreamAsync();
        await using var stopping = new ServiceProcess("LiveComments.Fanout", new Dictionary<string, string>
        {
            ["ConnectionStrings__nats"] = system.Nats.Url,
            ["ConnectionStrings__redis"] = system.Redis.ConnectionString,
            ["Auth__SigningKey"] = TestTokens.SigningKey,
        });
        await stopping.StartAsync();
        // It never answers its close, so the node is there for a while longer.
        using var deaf = await RawViewer.OpenSocketAsync(stopping.Address, stream);
        stopping.Stop();
        using var there = AccessSystem.ClientOf(stopping);
        await Eventually.UntilAsync("the node is not ready", async () =>
        {
            using var health = await there.GetAsync(new Uri("/health", UriKind.Relative));
            return health.StatusCode == HttpStatusCode.ServiceUnavailable;
        });
        var ticket = await system.TicketAsync(stream, TestTokens.Of(_ada));
        using (var refused = await WatchAsync(there, stream, $"?ticket={ticket}"))
        {
            await ProblemDocument.AssertAsync(refused, HttpStatusCode.ServiceUnavailable, ErrorCodes.Unavailable, retryable: true);
            Assert.True(refused.Headers.Contains(LiveHeaders.Stopping));
            Assert.False(refused.Headers.Contains("Set-Cookie"));
        }

        using var next = AccessSystem.ClientOf(system.ClosedFanout);
        using var let = await WatchAsync(next, stream, $"?ticket={ticket}");
        Assert.Equal(HttpStatusCode.OK, let.StatusCode);
    }

    [Fact]
    public async Task A_ticket_is_of_whom_it_was_given_to_whoever_brings_it()
    {
        var stream = await NewStreamAsync();
        using var ada = AccessSystem.ClientOf(system.Api, TestTokens.Of(_ada));
        var comment = await RunningSystem.PostAcceptedAsync(ada, stream, "mine");
        Assert.Equal(_ada, comment.UserId);
        var ticket = await system.TicketAsync(stream, TestTokens.Of(_ada));

        // A token beside it counts first, and leaves the ticket as it is.
        using (var eve = AccessSystem.ClientOf(system.ClosedFanout, TestTokens.Of("eve")))
        using (var watching = await WatchAsync(eve, stream, $"?ticket={ticket}"))
        {
            Assert.Equal(HttpStatusCode.OK, watching.StatusCode);
            Assert.False(watching.Headers.Contains("Set-Cookie"));
        }

        // A bad token beside it is no reason to look at the ticket.
        using (var forged = AccessSystem.ClientOf(system.ClosedFanout, TestTokens.Of("eve", audience: "another-service")))
        using (var refused = await WatchAsync(forged, stream, $"?ticket={ticket}"))
            await ProblemDocument.AssertAsync(refused, HttpStatusCode.Unauthorized, ErrorCodes.Unauthorized);
        using var nobody = AccessSystem.ClientOf(system.ClosedFanout);
        using var let = await WatchAsync(nobody, stream, $"?ticket={ticket}");
        Assert.Equal(HttpStatusCode.OK, let.StatusCode);
    }

    [Fact]
    public async Task A_cookie_is_for_its_own_stream_s_live_address_and_no_other()
    {
        var (stream, other) = (await NewStreamAsync(), await NewStreamAsync());
        using var viewer = AccessSystem.ClientOf(system.ClosedFanout);
        var cookie = await CookieAsync(viewer, stream);
        using (var own = await SendAsync(viewer, HttpMethod.Get, $"/live/streams/{stream}/events", cookie))
            Assert.Equal(HttpStatusCode.OK, own.StatusCode);
        foreach (var (method, path) in new[]
        {
            (HttpMethod.Get, $"/live/streams/{other}/events"), (HttpMethod.Get, $"/live/streams/{stream.ToUpperInvariant()}x/events"), (HttpMethod.Get, $"/live/streams/{stream}/../{other}/events"),
            (HttpMethod.Get, $"/live/streams/{stream}/ws/"), (HttpMethod.Get, "/live/ws"),
        })
        {
            using var refused = await SendAsync(viewer, method, path, cookie);
            Assert.True(refused.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.NotFound or HttpStatusCode.UpgradeRequired, $"{path}: {refused.StatusCode}");
            if (path.Contains(other, StringComparison.Ordinal) || path == "/live/ws")
                Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        using var api = AccessSystem.ClientOf(system.ClosedApi);
        using var gateway = AccessSystem.ClientOf(system.Gateway);
        foreach (var (client, method, path) in new[]
        {
            (api, HttpMethod.Get, $"/api/streams/{stream}/comments"), (api, HttpMethod.Post, $"/api/streams/{stream}/comments"), (api, HttpMethod.Post, "/api/auth/tickets"), (api, HttpMethod.Get, "/api/users/me"),
            (gateway, HttpMethod.Post, $"/api/streams/{stream}/comments"), (gateway, HttpMethod.Get, "/api/users/me"), (gateway, HttpMethod.Post, "/api/auth/tickets"), (gateway, HttpMethod.Get, $"/live/streams/{other}/events"),
        })
        {
            using var refused = await SendAsync(client, method, path, cookie);
            Assert.True(refused.StatusCode == HttpStatusCode.Unauthorized, $"{method} {path}: {refused.StatusCode}");
        }
    }

    [Theory]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Origin", "http://127.0.0.1:1")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task A_cookie_that_another_page_s_request_brings_is_nobody_s(string header, string value)
    {
        var stream = await NewStreamAsync();
        foreach (var service in new[] { system.ClosedFanout, system.Gateway })
        {
            using var viewer = AccessSystem.ClientOf(service);
            var cookie = await CookieAsync(viewer, stream);
            foreach (var path in new[] { $"/live/streams/{stream}/events", $"/live/streams/{stream}/events?wait=0" })
            {
                using (var refused = await SendAsync(viewer, HttpMethod.Get, path, cookie, (header, value)))
                    await ProblemDocument.AssertAsync(refused, HttpStatusCode.Unauthorized, ErrorCodes.Unauthorized);
                using var own = await SendAsync(viewer, HttpMethod.Get, path, cookie, ("Origin", $"http://{service.Address.Authority}"), ("Sec-Fetch-Site", "same-origin"));
                Assert.Equal(HttpStatusCode.OK, own.StatusCode);
            }
        }
    }

    [Fact]
    public async Task Forged_and_doubled_tickets_and_cookies_open_nothing()
    {
        var stream = await NewStreamAsync();
        using var viewer = AccessSystem.ClientOf(system.ClosedFanout);
        var cookie = (await CookieAsync(viewer, stream)).Split('=')[1];
        var ticket = await system.TicketAsync(stream, TestTokens.Of(_ada));
        string[] wrong = [ticket[..^1], ticket + "A", ticket.ToLowerInvariant() + "!", new string('A', 43), new string('A', 5000), "*", "a\tb", cookie[..^1] + (cookie[^1] == 'A' ? 'B' : 'A')];
        foreach (var text in wrong)
        {
            using (var byTicket = await WatchAsync(viewer, stream, $"?ticket={Uri.EscapeDataString(text)}"))
                await ProblemDocument.AssertAsync(byTicket, HttpStatusCode.Unauthorized, ErrorCodes.TicketInvalid);
            using var byCookie = await SendAsync(viewer, HttpMethod.Get, $"/live/streams/{stream}/events", $"{Cookie}={text}");
            Assert.Equal(HttpStatusCode.Unauthorized, byCookie.StatusCode);
        }

        // A cookie's secret is no ticket, a ticket no cookie's; and of two nobody knows which is meant.
        foreach (var query in new[] { $"?ticket={cookie}", $"?ticket={ticket}&ticket={ticket}", $"?ticket={ticket}&TICKET={ticket}x" })
        {
            using var refused = await WatchAsync(viewer, stream, query);
            await ProblemDocument.AssertAsync(refused, HttpStatusCode.Unauthorized, ErrorCodes.TicketInvalid);
        }

        using (var swapped = await SendAsync(viewer, HttpMethod.Get, $"/live/streams/{stream}/events", $"{Cookie}={ticket}"))
            Assert.Equal(HttpStatusCode.Unauthorized, swapped.StatusCode);
        using var still = await WatchAsync(viewer, stream, $"?ticket={ticket}");
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    private async Task<string> CookieAsync(HttpClient viewer, string stream)
    {
        using var watching = await WatchAsync(viewer, stream, $"?ticket={await system.TicketAsync(stream, TestTokens.Of(_ada))}");
        return watching.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    private async Task<string> NewStreamAsync()
    {
        using var client = AccessSystem.ClientOf(system.Api, TestTokens.Of(_ada));
        return (await RunningSystem.NewStreamAsync(client)).Id;
    }

    private static Task<HttpResponseMessage> WatchAsync(HttpClient client, string stream, string query) =>
        client.GetAsync(new Uri($"/live/streams/{stream}/events{query}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string path, string cookie, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Headers = { { "Cookie", cookie } } };
        if (method == HttpMethod.Post)
            request.Content = JsonContent.Create(new PostComment("by cookie"), ContractsJson.Default.PostComment);
        if (path.Contains("wait=", StringComparison.Ordinal))
            request.Headers.Add("Accept", "application/json");
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
