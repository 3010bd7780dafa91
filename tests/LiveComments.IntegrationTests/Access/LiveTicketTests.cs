using System.Net;
using System.Net.Http.Json;
using LiveComments.Contracts;
using LiveComments.IntegrationTests.Transports;
using LiveComments.ServiceDefaults.Auth;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;
using StackExchange.Redis;

namespace LiveComments.IntegrationTests.Access;

/// <summary>Watching without sending a token: tickets, and the cookies that they leave.</summary>
[Collection(AccessCollection.Name)]
public sealed class LiveTicketTests(AccessSystem system) : IDisposable
{
    // Another user in each test: what one user may have is counted.
    private readonly string _ada = TestTokens.Of($"ada-{Guid.NewGuid():N}");
    private readonly HttpClient _viewer = AccessSystem.ClientOf(system.ClosedFanout);

    public void Dispose() => _viewer.Dispose();

    [Fact]
    public async Task A_ticket_lets_in_once_and_its_cookie_lets_back_in()
    {
        var stream = await NewStreamAsync();
        using (var anonymous = await WatchAsync(stream))
            await ProblemDocument.AssertAsync(anonymous, HttpStatusCode.Unauthorized, ErrorCodes.Unauthorized);

        var ticket = await system.TicketAsync(stream, _ada);
        string cookie;
        using (var first = await WatchAsync(stream, ticket))
        {
            Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (first.StatusCode, first.Content.Headers.ContentType?.MediaType));
            cookie = Assert.Single(first.Headers.GetValues("Set-Cookie"));
        }

        var parts = cookie.Split("; ");
        Assert.Superset(new HashSet<string> { "httponly", "samesite=strict", $"path=/live/streams/{stream}" }, parts.Select(part => part.ToLowerInvariant().Replace(stream.ToLowerInvariant(), stream, StringComparison.Ordinal)).ToHashSet());
        Assert.DoesNotContain("secure", parts);
        Assert.DoesNotContain(ticket, cookie, StringComparison.Ordinal);

        // As an EventSource reconnects: the same address, and the cookie.
        using (var again = await WatchAsync(stream, ticket, parts[0]))
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        using (var byCookie = await WatchAsync(stream, cookie: parts[0]))
            Assert.Equal(HttpStatusCode.OK, byCookie.StatusCode);
        using (var withoutCookie = await WatchAsync(stream, ticket))
            await ProblemDocument.AssertAsync(withoutCookie, HttpStatusCode.Unauthorized, ErrorCodes.TicketInvalid);
    }

    [Fact]
    public async Task A_used_or_made_up_ticket_is_refused_even_where_anybody_may_read()
    {
        var stream = await NewStreamAsync();
        using var open = AccessSystem.ClientOf(system.Fanout);
        foreach (var ticket in new[] { "", "x", new string('A', 43), "a&ticket=b", "%00", _ada })
        {
            using var answer = await WatchAsync(open, stream, ticket);
            await ProblemDocument.AssertAsync(answer, HttpStatusCode.Unauthorized, ErrorCodes.TicketInvalid);
        }

        using (var anonymous = await WatchAsync(open, stream))
            Assert.Equal(HttpStatusCode.OK, anonymous.StatusCode);
        // A cookie that is no longer good, and nothing else: as if there were none.
        using (var old = await WatchAsync(open, stream, cookie: $"live_session={new string('A', 43)}"))
            Assert.Equal(HttpStatusCode.OK, old.StatusCode);
    }

    [Fact]
    public async Task A_ticket_is_for_one_stream_and_is_not_used_up_at_another()
    {
        var (stream, other) = (await NewStreamAsync(), await NewStreamAsync());
        var ticket = await system.TicketAsync(stream, _ada);
        using (var elsewhere = await WatchAsync(other, ticket))
            await ProblemDocument.AssertAsync(elsewhere, HttpStatusCode.Unauthorized, ErrorCodes.TicketInvalid);
        using var here = await WatchAsync(stream, ticket);
        Assert.Equal(HttpStatusCode.OK, here.StatusCode);
        // Nor is the cookie good elsewhere, should somebody send it there.
        using var byCookie = await WatchAsync(other, cookie: here.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        Assert.Equal(HttpStatusCode.Unauthorized, byCookie.StatusCode);
    }

    [Fact]
    public async Task A_ticket_opens_a_WebSocket_to_its_stream_and_none_to_an_address_that_names_no_stream()
    {
        var stream = await NewStreamAsync();
        var ticket = await system.TicketAsync(stream, _ada);
        foreach (var node in new[] { system.Fanout, system.ClosedFanout })
        {
            var refused = await Assert.ThrowsAsync<HttpRequestException>(() => SocketClient.OpenAsync(node.Address, $"/live/ws?ticket={ticket}"));
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        await using var socket = await SocketClient.OpenAsync(system.ClosedFanout.Address, $"/live/streams/{stream}/ws?ticket={ticket}");
        Assert.Equal(stream, LiveClient.Batch(await socket.NextOfTypeAsync(ServerMessageTypes.CommentsBatch)).StreamId);
    }

    [Fact]
    public async Task Of_many_who_come_with_one_ticket_one_gets_in()
    {
        var stream = await NewStreamAsync();
        var ticket = await system.TicketAsync(stream, _ada);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => WatchAsync(stream, ticket)));
        Assert.Equal(1, answers.Count(answer => answer.StatusCode == HttpStatusCode.OK));
        foreach (var answer in answers)
            answer.Dispose();
    }

    [Fact]
    public async Task The_cookie_is_for_watching_alone()
    {
        var stream = await NewStreamAsync();
        using var watching = await WatchAsync(stream, await system.TicketAsync(stream, _ada));
        var cookie = watching.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        using var api = AccessSystem.ClientOf(system.ClosedApi);
        foreach (var (method, path) in new[] { (HttpMethod.Get, $"/api/streams/{stream}"), (HttpMethod.Post, $"/api/streams/{stream}/end"), (HttpMethod.Get, "/api/users/me") })
        {
            using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Headers = { { "Cookie", cookie } } };
            using var answer = await api.SendAsync(request);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_cookie_that_came_by_https_stays_on_https()
    {
        var stream = await NewStreamAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/live/streams/{stream}/events?ticket={await system.TicketAsync(stream, _ada)}") { Headers = { { "X-Forwarded-Proto", "https" } } };
        using var answer = await _viewer.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Contains("secure", answer.Headers.GetValues("Set-Cookie").Single().Split("; "));
    }

    [Fact]
    public async Task Redis_holds_no_ticket_and_no_cookie_and_nothing_for_long()
    {
        var stream = await NewStreamAsync();
        var used = await system.TicketAsync(stream, _ada);
        using var watching = await WatchAsync(stream, used);
        var unused = await system.TicketAsync(stream, _ada);
        var cookie = watching.Headers.GetValues("Set-Cookie").Single().Split(';')[0].Split('=')[1];

        await using var redis = await ConnectionMultiplexer.ConnectAsync(system.Redis.ConnectionString);
        var database = redis.GetDatabase();
        var keys = redis.GetServers()[0].Keys(pattern: "*ticket*").Concat(redis.GetServers()[0].Keys(pattern: "live-session*")).ToList();
        Assert.NotEmpty(keys);
        foreach (var key in keys)
        {
            var text = $"{key} {await database.StringGetAsync(key)}";
            Assert.All([used, unused, cookie, _ada], secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
            var longest = key.ToString().StartsWith("live-session", StringComparison.Ordinal) ? LiveTickets.MaxSession : key.ToString().StartsWith("ticket:", StringComparison.Ordinal) ? LiveTickets.TicketLifetime : LiveTickets.TicketWindow;
            // Null: it went while we looked.
            Assert.True(await database.KeyTimeToLiveAsync(key) is not { } left || left <= longest, key);
        }
    }

    [Fact]
    public async Task No_log_has_a_ticket_or_a_token_in_it_however_talkative_it_is()
    {
        var stream = await NewStreamAsync();
        var ticket = await system.TicketAsync(stream, _ada);
        using var gateway = AccessSystem.ClientOf(system.Gateway);
        using var watching = await WatchAsync(gateway, stream, ticket);
        Assert.Equal(HttpStatusCode.OK, watching.StatusCode);
        var cookie = watching.Headers.GetValues("Set-Cookie").Single().Split(';')[0].Split('=')[1];
        using var refused = await WatchAsync(gateway, stream, ticket);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.DoesNotContain(ticket, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        foreach (var service in new[] { system.Gateway, system.ClosedFanout })
        {
            await Eventually.UntilAsync("the request is in the log", () => service.Log.Contains(stream, StringComparison.Ordinal));
            Assert.All([ticket, cookie, _ada], secret => Assert.DoesNotContain(secret, service.Log, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_viewer_whose_token_expires_is_told_and_sent_away()
    {
        var stream = await NewStreamAsync();
        // Taken for 30 s longer than it says, for the sake of clocks that differ: these have a few seconds left.
        var expiring = TestTokens.Of("ada", expiresIn: TimeSpan.FromSeconds(-25));
        var ticket = await system.TicketAsync(stream, expiring);
        using var byToken = AccessSystem.ClientOf(system.ClosedFanout, expiring);
        using var first = await EventStream.OpenAsync(byToken, stream);
        using var second = await EventStream.OpenAsync(_viewer, stream, ticket: ticket);
        using var ada = AccessSystem.ClientOf(system.Api, _ada);
        var told = Task.WhenAll(ToldAsync(first), ToldAsync(second));
        // Looked at with each event, and each heartbeat: these make it quick.
        await Eventually.UntilAsync("both are told", async () =>
        {
            (await RunningSystem.PostAsync(ada, stream, new PostComment("still there?"))).Dispose();
            return told.IsCompleted;
        });
        await told;
        using var back = await WatchAsync(stream, ticket, second.Response.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        Assert.Equal(HttpStatusCode.Unauthorized, back.StatusCode);
    }

    [Fact]
    public async Task Bad_requests_for_tickets_are_refused()
    {
        using var ada = AccessSystem.ClientOf(system.Api, _ada);
        foreach (var (body, status, code) in new[]
        {
            ("{}", HttpStatusCode.BadRequest, ErrorCodes.InvalidMessage),
            ("""{"streamId":"a.b"}""", HttpStatusCode.BadRequest, ErrorCodes.InvalidMessage),
            ("""{"streamId":"*"}""", HttpStatusCode.BadRequest, ErrorCodes.InvalidMessage),
            ("""{"streamId":"demo","streamId":"other"}""", HttpStatusCode.BadRequest, ErrorCodes.InvalidMessage),
            ("""{"streamId":"no-such-stream"}""", HttpStatusCode.NotFound, ErrorCodes.StreamNotFound),
        })
        {
            using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            using var answer = await ada.PostAsync(new Uri("/api/auth/tickets", UriKind.Relative), content);
            await ProblemDocument.AssertAsync(answer, status, code);
        }
    }

    [Fact]
    public async Task One_user_gets_only_so_many_tickets()
    {
        var stream = await NewStreamAsync();
        using var greedy = AccessSystem.ClientOf(system.Api, TestTokens.Of("greedy"));
        var answers = await Task.WhenAll(Enumerable.Range(0, LiveTickets.MaxTickets + 5).Select(_ =>
            greedy.PostAsJsonAsync("/api/auth/tickets", new LiveTicketRequest(stream), ContractsJson.Default.LiveTicketRequest)));
        Assert.Equal(LiveTickets.MaxTickets, answers.Count(answer => answer.IsSuccessStatusCode));
        var refused = answers.First(answer => !answer.IsSuccessStatusCode);
        await ProblemDocument.AssertAsync(refused, HttpStatusCode.TooManyRequests, ErrorCodes.RateLimited, retryable: true);
        Assert.NotNull(refused.Headers.RetryAfter);
        foreach (var answer in answers)
            answer.Dispose();
    }

    [Fact]
    public async Task While_Redis_is_away_tickets_are_a_503_and_everybody_else_watches_on()
    {
        var stream = await NewStreamAsync();
        var ticket = await system.TicketAsync(stream, _ada);
        using var open = AccessSystem.ClientOf(system.Fanout);
        using var api = AccessSystem.ClientOf(system.Api, _ada);
        await system.Redis.KillAsync();
        try
        {
            using (var redeeming = await WatchAsync(open, stream, ticket))
            {
                await ProblemDocument.AssertAsync(redeeming, HttpStatusCode.ServiceUnavailable, ErrorCodes.Unavailable, retryable: true);
                Assert.NotNull(redeeming.Headers.RetryAfter);
            }

            using (var issuing = await api.PostAsJsonAsync("/api/auth/tickets", new LiveTicketRequest(stream), ContractsJson.Default.LiveTicketRequest))
                await ProblemDocument.AssertAsync(issuing, HttpStatusCode.ServiceUnavailable, ErrorCodes.Unavailable, retryable: true);
            using (var anonymous = await WatchAsync(open, stream))
                Assert.Equal(HttpStatusCode.OK, anonymous.StatusCode);
            using (var byCookie = await WatchAsync(open, stream, cookie: $"live_session={new string('A', 43)}"))
                Assert.Equal(HttpStatusCode.OK, byCookie.StatusCode);
            using (var mustBeSomebody = await WatchAsync(stream, cookie: $"live_session={new string('A', 43)}"))
                await ProblemDocument.AssertAsync(mustBeSomebody, HttpStatusCode.ServiceUnavailable, ErrorCodes.Unavailable, retryable: true);
            using (var byToken = AccessSystem.ClientOf(system.ClosedFanout, _ada))
            using (var withToken = await WatchAsync(byToken, stream))
                Assert.Equal(HttpStatusCode.OK, withToken.StatusCode);
        }
        finally
        {
            await system.Redis.StartAsync();
        }

        await Eventually.UntilAsync("tickets work again", async () =>
        {
            using var answer = await WatchAsync(stream, await system.TicketAsync(stream, _ada));
            return answer.IsSuccessStatusCode;
        });
    }

    private static async Task ToldAsync(EventStream viewer)
    {
        while (true)
        {
            var received = await viewer.NextAsync("the viewer is told that its token has expired");
            if (received.Type != ServerMessageTypes.Error)
                continue;
            Assert.Equal(ErrorCodes.TokenExpired, received.Payload.GetProperty("code").GetString());
            Assert.False(received.Payload.GetProperty("retryable").GetBoolean());
            await Assert.ThrowsAsync<EndOfStreamException>(() => viewer.NextAsync("the end"));
            return;
        }
    }

    private async Task<string> NewStreamAsync()
    {
        using var ada = AccessSystem.ClientOf(system.Api, _ada);
        return (await RunningSystem.NewStreamAsync(ada)).Id;
    }

    private Task<HttpResponseMessage> WatchAsync(string stream, string? ticket = null, string? cookie = null) => WatchAsync(_viewer, stream, ticket, cookie);

    private static async Task<HttpResponseMessage> WatchAsync(HttpClient client, string stream, string? ticket = null, string? cookie = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/live/streams/{stream}/events{(ticket is null ? "" : $"?ticket={ticket}")}");
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
