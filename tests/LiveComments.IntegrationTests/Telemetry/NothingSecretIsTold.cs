using System.Net.Http.Headers;
using System.Net.Http.Json;
using LiveComments.Contracts;
using LiveComments.IntegrationTests.Access;
using LiveComments.IntegrationTests.Transports;
using LiveComments.SystemUnderTest;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Telemetry;

/// <summary>However much the services are told to log, tokens and what people write are in no log line, span or metric.</summary>
[Collection(SeenCollection.Name)]
public sealed class NothingSecretIsTold(SeenSystem system)
{
    [Fact]
    public async Task No_token_ticket_or_comment_is_in_any_log_or_span()
    {
        var good = TestTokens.Of("dora");
        var expired = TestTokens.Of("dora", expiresIn: TimeSpan.FromMinutes(-10));
        var forged = good[..^10] + "AAAAAAAAAA";
        const string Garbage = "garbage-that-is-no-token-8c1f";
        const string Text = "A sentence that only viewers read 5d2e";
        const string SocketText = "Another sentence of that kind 77ab";
        using var author = ClientOf(good);
        var stream = (await RunningSystem.NewStreamAsync(author)).Id;

        // In headers: good ones and bad ones.
        await RunningSystem.PostAcceptedAsync(author, stream, Text, key: "secret-test");
        foreach (var bad in new[] { expired, forged, Garbage })
        {
            using var client = ClientOf(bad);
            using var refused = await RunningSystem.PostAsync(client, stream, new PostComment(Text));
            Assert.Equal(System.Net.HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        // A body that can't be read, with the text in it.
        using (var broken = new StringContent($"{{\"content\":\"{Text}", System.Text.Encoding.UTF8, "application/json"))
        using (await author.PostAsync(new Uri($"/api/streams/{stream}/comments", UriKind.Relative), broken))
        {
        }

        // A ticket in the address, twice: the second time it is refused.
        using var given = await author.PostAsJsonAsync("/api/auth/tickets", new LiveTicketRequest(stream), ContractsJson.Default.LiveTicketRequest);
        var ticket = (await given.Content.ReadFromJsonAsync(ContractsJson.Default.LiveTicket))!.Ticket;
        using var nobody = new HttpClient { BaseAddress = system.Gateway.Address };
        using (await EventStream.OpenAsync(nobody, stream, ticket: ticket))
        using (await nobody.GetAsync(new Uri($"/live/streams/{stream}/events?ticket={ticket}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead))
        {
        }

        // Tickets that are refused for whatever reason, at whatever address, and cookies.
        var other = (await RunningSystem.NewStreamAsync(author)).Id;
        var tickets = new List<string>();
        foreach (var path in new[] { $"/live/streams/{other}/events", $"/live/streams/{stream}/events?cursor=x", "/live/ws", "/live/nothing", $"/api/streams/{stream}", "/nothing-of-ours", $"/live/streams/{stream}/ws", "/live/streams/a.b/events", "//live" })
        {
            tickets.Add(await TicketAsync(author, stream));
            using (await nobody.GetAsync(new Uri($"{system.Gateway.Address.GetLeftPart(UriPartial.Authority)}{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}ticket={tickets[^1]}"), HttpCompletionOption.ResponseHeadersRead))
            using (await nobody.PostAsync(new Uri($"{system.Gateway.Address.GetLeftPart(UriPartial.Authority)}{path}?ticket={tickets[^1]}"), null))
            {
            }
        }

        string cookie;
        using (var straight = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = system.Fanout.Address })
        {
            tickets.Add(await TicketAsync(author, stream));
            using var watching = await straight.GetAsync(new Uri($"/live/streams/{stream}/events?ticket={tickets[^1]}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
            cookie = watching.Headers.GetValues("Set-Cookie").Single().Split(';')[0].Split('=')[1];
            foreach (var path in new[] { $"/live/streams/{stream}/events?wait=0", $"/live/streams/{other}/events?wait=0", $"/api/streams/{stream}" })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(system.Gateway.Address, path)) { Headers = { { "Cookie", $"live_session={cookie}" }, { "Accept", "application/json" } } };
                using (await straight.SendAsync(request))
                {
                }
            }
        }

        // Tokens of a form that makes who reads them stumble, in the header and where clients without one put them.
        var odd = new[] { "{\"alg\":\"HS256\",\"kid\":\"../../x\"}", "{\"alg\":\"none\"}", "{\"alg\":\"HS256\",\"crit\":[\"x\"]}", "not json" }
            .Select(header => ForgedToken.Signed(ForgedToken.Payload(("aud", $"\"another-audience-{Guid.NewGuid():N}\"")), header)).Append(ForgedToken.Signed("[" + good)).ToList();
        foreach (var bad in odd)
        {
            using var client = ClientOf(bad);
            using (await client.GetAsync(new Uri("/api/users/me", UriKind.Relative)))
            using (await client.GetAsync(new Uri($"/live/streams/{stream}/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead))
            {
            }

            foreach (var headers in new[] { $"Sec-WebSocket-Protocol: bearer, {bad}\r\n", $"Sec-WebSocket-Protocol: livecomments.v1.json, {bad}\r\n", $"Cookie: token={bad}\r\n", $"Proxy-Authorization: Bearer {bad}\r\nX-Access-Token: {bad}\r\n" })
                await Handshake.StatusAsync(system.Gateway.Address, $"/live/streams/{stream}/ws", headers);
        }

        // What nobody should send, and somebody will.
        using (await nobody.GetAsync(new Uri($"/api/streams/{stream}?access_token={good}", UriKind.Relative)))
        {
        }

        // Over a WebSocket.
        await using (var socket = await SocketClient.OpenAsync(system.Gateway.Address, $"/live/streams/{stream}/ws", good))
        {
            await socket.SendAsync(ClientMessageTypes.Authenticate, new Authenticate(good), ContractsJson.Default.Authenticate);
            await socket.SendAsync(ClientMessageTypes.Authenticate, new Authenticate(forged), ContractsJson.Default.Authenticate);
            foreach (var bad in odd)
                await socket.SendAsync(ClientMessageTypes.Authenticate, new Authenticate(bad), ContractsJson.Default.Authenticate);
            foreach (var broken in new[] { $"{{\"type\":\"authenticate\",\"payload\":{{\"token\":\"{good}\"", $"{{\"type\":\"authenticate\",\"payload\":\"{good}\"}}", $"{{\"type\":\"{good}\",\"payload\":{{}}}}", good })
                await socket.SendTextAsync(broken);
            await socket.PostAsync(stream, SocketText, "secret-test-2");
            await socket.NextAckAsync();
        }

        // Everything before this has been told when this has.
        using var last = await author.GetAsync(new Uri("/api/streams/the-last-word", UriKind.Relative));
        await Eventually.UntilAsync("the last request is in the logs", () => system.Printed.Any(line => line.Contains("the-last-word", StringComparison.Ordinal)));
        await Eventually.UntilAsync("and has been exported", () => system.Collector.Has("the-last-word") && system.Collector.Spans.Any(span => span.Attributes.GetValueOrDefault("url.path") == "/api/streams/the-last-word"));

        // Of tokens, the signature is what makes them one; the rest of an altered one is the same.
        string[] secrets =
        [
            Signature(good), good[..^10], Signature(expired), Signature(forged), Garbage, ticket, Text, SocketText, SeenSystem.SigningKey, .. tickets, cookie, .. odd.Select(Signature),
            // What their claims say, as text and as it came.
            .. odd.Select(token => token.Split('.')[1]), "another-audience-",
        ];
        var metrics = string.Concat(await Task.WhenAll(system.All.Select(service => nobody.GetStringAsync(new Uri(service.Address, "/metrics")))));
        foreach (var secret in secrets)
        {
            Assert.DoesNotContain(system.Printed, line => line.Contains(secret, StringComparison.Ordinal));
            Assert.DoesNotContain(secret, metrics, StringComparison.Ordinal);
            Assert.False(system.Collector.Has(secret), $"'{secret}' was exported: {WhereIs(secret)}");
        }
    }

    private string WhereIs(string secret) =>
        system.Collector.Logs.Where(log => log.Body.Contains(secret, StringComparison.Ordinal) || log.Attributes.Values.Any(value => value.Contains(secret, StringComparison.Ordinal))).Select(log => $"{log.Service} {log.Category}: {log.Body}").FirstOrDefault()
        ?? system.Collector.Spans.Where(span => span.Attributes.Values.Any(value => value.Contains(secret, StringComparison.Ordinal))).Select(span => $"{span.Service} {span.Name}").FirstOrDefault()
        ?? "in another place";

    private static async Task<string> TicketAsync(HttpClient client, string stream)
    {
        using var given = await client.PostAsJsonAsync("/api/auth/tickets", new LiveTicketRequest(stream), ContractsJson.Default.LiveTicketRequest);
        given.EnsureSuccessStatusCode();
        return (await given.Content.ReadFromJsonAsync(ContractsJson.Default.LiveTicket))!.Ticket;
    }

    private static string Signature(string token) => token[(token.LastIndexOf('.') + 1)..];

    private HttpClient ClientOf(string token)
    {
        var client = new HttpClient { BaseAddress = system.Gateway.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }
}
