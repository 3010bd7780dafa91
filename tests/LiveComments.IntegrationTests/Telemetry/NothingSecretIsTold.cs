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

        // What nobody should send, and somebody will.
        using (await nobody.GetAsync(new Uri($"/api/streams/{stream}?access_token={good}", UriKind.Relative)))
        {
        }

        // Over a WebSocket.
        await using (var socket = await SocketClient.OpenAsync(system.Gateway.Address, $"/live/streams/{stream}/ws", good))
        {
            await socket.SendAsync(ClientMessageTypes.Authenticate, new Authenticate(good), ContractsJson.Default.Authenticate);
            await socket.SendAsync(ClientMessageTypes.Authenticate, new Authenticate(forged), ContractsJson.Default.Authenticate);
            await socket.PostAsync(stream, SocketText, "secret-test-2");
            await socket.NextAckAsync();
        }

        // Everything before this has been told when this has.
        using var last = await author.GetAsync(new Uri("/api/streams/the-last-word", UriKind.Relative));
        await Eventually.UntilAsync("the last request is in the logs", () => system.Printed.Any(line => line.Contains("the-last-word", StringComparison.Ordinal)));
        await Eventually.UntilAsync("and has been exported", () => system.Collector.Has("the-last-word") && system.Collector.Spans.Any(span => span.Attributes.GetValueOrDefault("url.path") == "/api/streams/the-last-word"));

        // Of tokens, the signature is what makes them one; the rest of an altered one is the same.
        string[] secrets = [Signature(good), good[..^10], Signature(expired), Signature(forged), Garbage, ticket, Text, SocketText, SeenSystem.SigningKey];
        foreach (var secret in secrets)
        {
            Assert.DoesNotContain(system.Printed, line => line.Contains(secret, StringComparison.Ordinal));
            Assert.False(system.Collector.Has(secret), $"'{secret}' was exported.");
        }
    }

    private static string Signature(string token) => token[(token.LastIndexOf('.') + 1)..];

    private HttpClient ClientOf(string token)
    {
        var client = new HttpClient { BaseAddress = system.Gateway.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }
}
