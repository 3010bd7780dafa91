using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.IntegrationTests.Attacks.Smuggling;
using LiveComments.IntegrationTests.Attacks.Sockets;
using LiveComments.IntegrationTests.Transports;
using LiveComments.SystemUnderTest;

namespace LiveComments.IntegrationTests.Attacks;

/// <summary>Stream ids that would mean something else to the log, to a path or to a header, at every address that takes one.</summary>
[Collection(LiveNodesCollection.Name)]
public sealed class StreamIdInjection(LiveNodes nodes)
{
    private const string Close = "Connection: close\r\n";

    /// <summary>As they stand in an address.</summary>
    public static TheoryData<string> Ids =>
    [
        "*", ">", "%2a", "%3e", "*.*", "a.b", "a..b", ".", "..", "%2e", "%2e%2e", "%2e%2e%2fdemo", "demo.*", "demo.%3e", "$JS.API.INFO", "log.0.demo", "_INBOX.a",
        "demo%0d%0aX:%20y", "demo%0a", "demo%00", "%00", "demo%20", "%20", "demo%09x", "a%2fb", "..%2f..%2fapi", "a%5cb", "a%25b", "%252e%252e", "demo;x=y", "demo,x", "demo@x", "demo:x",
        "d%C3%A9mo", "d%D0%B5mo", "%EF%BD%84emo", "demo%E2%80%8B", "demo%CC%81", "%F0%9F%98%80", "%ff", "%c0%ae%c0%ae", "%ed%a0%80", "%zz", "%", "'%20or%201=1--", "{0}", "%7B%7B7*7%7D%7D", "(null)",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task An_id_that_is_none_is_refused_everywhere(string id)
    {
        var token = await TokenAsync();
        var authorized = $"Authorization: Bearer {token}\r\n";
        const string Post = "Content-Type: application/json\r\nIdempotency-Key: k\r\nContent-Length: 15\r\n";
        const string Body = "{\"content\":\"x\"}";
        var api = new[]
        {
            $"GET /api/streams/{id} HTTP/1.1\r\nHost: g\r\n{Close}\r\n",
            $"GET /api/streams/{id}/comments HTTP/1.1\r\nHost: g\r\n{Close}\r\n",
            $"GET /api/streams/{id}/reactions HTTP/1.1\r\nHost: g\r\n{Close}\r\n",
            $"GET /api/streams/{id}/metrics HTTP/1.1\r\nHost: g\r\n{Close}\r\n",
            $"POST /api/streams/{id}/comments HTTP/1.1\r\nHost: g\r\n{authorized}{Post}{Close}\r\n{Body}",
            $"POST /api/streams/{id}/end HTTP/1.1\r\nHost: g\r\n{authorized}Content-Length: 0\r\n{Close}\r\n",
            $"DELETE /api/streams/{id}/comments/1 HTTP/1.1\r\nHost: g\r\n{authorized}{Close}\r\n",
            $"GET /api/streams/{id}/moderation/rules HTTP/1.1\r\nHost: g\r\n{authorized}{Close}\r\n",
        };
        var live = new[]
        {
            $"GET /live/streams/{id}/events HTTP/1.1\r\nHost: g\r\n{Close}\r\n",
            $"GET /live/streams/{id}/events?wait=0 HTTP/1.1\r\nHost: g\r\nAccept: application/json\r\n{Close}\r\n",
            RawSocket.Handshake($"/live/streams/{id}/ws"),
        };
        foreach (var request in api)
        {
            await RefusedAsync(nodes.Path.Apis[0], request);
            await RefusedAsync(nodes.Gateway, request);
        }

        foreach (var request in live)
        {
            await RefusedAsync(nodes.Nodes[0], request);
            await RefusedAsync(nodes.Gateway, request);
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Nor_is_it_taken_from_a_message_or_a_body(string id)
    {
        var (_, author) = await nodes.NewStreamAsync();
        foreach (var said in new[] { id, Uri.UnescapeDataString(id) })
        {
            await using var socket = await SocketClient.OpenAsync(nodes.Nodes[0].Address, "/live/ws", await TokenAsync());
            await socket.JoinAsync(said);
            Assert.Equal(ErrorCodes.StreamNotFound, (await socket.NextErrorAsync()).Code);
            await socket.PostAsync(said, "x", "k");
            Assert.Equal((AckStatus.Rejected, ErrorCodes.StreamNotFound), await AckAsync(socket));
            using var content = new StringContent(JsonSerializer.Serialize(new LiveTicketRequest(said), ContractsJson.Default.LiveTicketRequest), System.Text.Encoding.UTF8, "application/json");
            using var ticket = await author.PostAsync(new Uri("/api/auth/tickets", UriKind.Relative), content);
            Assert.InRange((int)ticket.StatusCode, 400, 499);
        }
    }

    private static async Task<(string Status, string? Code)> AckAsync(SocketClient socket)
    {
        var ack = await socket.NextAckAsync();
        return (ack.Status, ack.Code);
    }

    private static async Task RefusedAsync(ServiceProcess service, string request)
    {
        var answers = await RawExchange.SendAsync(service.Address, request.EndsWith(Close + "\r\n", StringComparison.Ordinal) || request.Contains(Close, StringComparison.Ordinal) ? request : request + $"GET /alive HTTP/1.1\r\nHost: g\r\n{Close}\r\n");
        Assert.True(answers[0].Status is >= 400 and < 500, $"{service.Address} answers {answers[0].Status} to {request[..request.IndexOf('\r', StringComparison.Ordinal)]}");
        Assert.DoesNotContain("\r\nX: y", answers[0].Head, StringComparison.Ordinal);
    }

    private Task<string> TokenAsync() => nodes.TokenOfAsync("mallory");
}
