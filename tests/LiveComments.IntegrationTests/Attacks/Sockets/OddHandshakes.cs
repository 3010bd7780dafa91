using LiveComments.IntegrationTests.Transports;
using LiveComments.TestSupport;

namespace LiveComments.IntegrationTests.Attacks.Sockets;

/// <summary>Requests for a WebSocket that are none, straight to a node and through the gateway.</summary>
[Collection(LiveNodesCollection.Name)]
public sealed class OddHandshakes(LiveNodes nodes)
{
    private const string Key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    private const string Version = "Sec-WebSocket-Version: 13\r\n";
    private const string Upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";

    [Theory]
    [InlineData("GET", "1.1", Upgrade + Version, "no key")]
    [InlineData("GET", "1.1", Upgrade + Version + "Sec-WebSocket-Key: c2hvcnQ=\r\n", "a short key")]
    [InlineData("GET", "1.1", Upgrade + Version + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZSBhbmQgbW9yZQ==\r\n", "a long key")]
    [InlineData("GET", "1.1", Upgrade + Version + "Sec-WebSocket-Key: ************************\r\n", "a key that is not base64")]
    [InlineData("GET", "1.1", Upgrade + Version + "Sec-WebSocket-Key: \r\n", "an empty key")]
    [InlineData("GET", "1.1", Upgrade + Version + Key + Key, "two keys")]
    [InlineData("GET", "1.1", Upgrade + Key, "no version")]
    [InlineData("GET", "1.1", Upgrade + Key + "Sec-WebSocket-Version: 8\r\n", "an old version")]
    [InlineData("GET", "1.1", Upgrade + Key + "Sec-WebSocket-Version: 13.0\r\n", "a version that is almost right")]
    [InlineData("GET", "1.1", Upgrade + Key + Version + Version, "two versions")]
    [InlineData("GET", "1.1", Upgrade + Key + "Sec-WebSocket-Version: 13, 8\r\n", "two versions in one line")]
    [InlineData("GET", "1.1", "Connection: Upgrade\r\n" + Version + Key, "no upgrade")]
    [InlineData("GET", "1.1", "Connection: Upgrade\r\nUpgrade: chat\r\n" + Version + Key, "another upgrade")]
    [InlineData("GET", "1.1", "Connection: Upgrade\r\nUpgrade: h2c\r\n" + Version + Key, "an upgrade to HTTP/2")]
    [InlineData("GET", "1.1", "Upgrade: websocket\r\n" + Version + Key, "no connection header")]
    [InlineData("GET", "1.1", "Connection: keep-alive\r\nUpgrade: websocket\r\n" + Version + Key, "a connection that is not for upgrading")]
    [InlineData("POST", "1.1", Upgrade + Version + Key + "Content-Length: 0\r\n", "another method")]
    [InlineData("GET", "1.0", Upgrade + Version + Key, "an older HTTP")]
    [InlineData("GET", "1.1", Upgrade + Version + Key + "Content-Length: 5\r\n", "a body")]
    [InlineData("GET", "1.1", Upgrade + Version + Key + "Transfer-Encoding: chunked\r\n", "a body in chunks")]
    [InlineData("GET", "1.1", Upgrade + Version + Key + "Sec-WebSocket-Protocol: chat\r\n", "another protocol")]
    [InlineData("GET", "1.1", Upgrade + Version + Key + "Sec-WebSocket-Protocol: LIVECOMMENTS.V1.JSON\r\n", "a protocol in capitals")]
    [InlineData("GET", "1.1", Upgrade + Version + Key + "Origin: https://evil.example\r\n", "a page of somebody else")]
    [InlineData("GET", "1.1", Upgrade + Version + Key + "Origin: https://allowed.example\r\nOrigin: https://evil.example\r\n", "two origins")]
    [InlineData("GET", "1.1", Upgrade + Version + Key + "Origin: null\r\n", "an origin of nobody")]
    public async Task A_request_that_is_none_for_a_WebSocket_is_refused(string method, string http, string headers, string why)
    {
        foreach (var server in new[] { nodes.Nodes[0], nodes.Gateway })
        {
            using var raw = await RawSocket.HandshakeAsync(server.Address, $"{method} /live/ws HTTP/{http}\r\nHost: g\r\n{headers}\r\n{(headers.Contains("Content-Length: 5", StringComparison.Ordinal) ? "hello" : "")}{(headers.Contains("chunked", StringComparison.Ordinal) ? "0\r\n\r\n" : "")}");
            Assert.True(raw.Status is >= 400 and < 500, $"{why}: {raw.Head}");
        }
    }

    [Theory]
    [InlineData("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n")]
    [InlineData("Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=99; x\r\n")]
    [InlineData("Sec-WebSocket-Extensions: ;;,, a b=\"\r\n")]
    [InlineData("Sec-WebSocket-Protocol: chat, livecomments.v1.json\r\nSec-WebSocket-Extensions: x-nothing\r\n")]
    public async Task Extensions_are_offered_in_vain_whatever_they_say(string headers)
    {
        foreach (var server in new[] { nodes.Nodes[0], nodes.Gateway })
        {
            using var raw = await RawSocket.HandshakeAsync(server.Address, $"GET /live/ws HTTP/1.1\r\nHost: g\r\n{Upgrade}{Version}{Key}{headers}\r\n");
            Assert.Equal(101, raw.Status);
            Assert.DoesNotContain("Sec-WebSocket-Extensions", raw.Head, StringComparison.OrdinalIgnoreCase);
            await raw.SendAsync(SocketFrame.CloseOf(1000));
            Assert.Equal(1000, await raw.UntilEndAsync());
        }
    }

    [Fact]
    public async Task What_is_said_before_the_handshake_is_answered_waits_for_it()
    {
        using var raw = await RawSocket.HandshakeAsync(nodes.Gateway.Address, RawSocket.Handshake("/live/ws") + System.Text.Encoding.Latin1.GetString(SocketFrame.CloseOf(1000)));
        Assert.Equal((101, 1000), (raw.Status, await Eventually.WithinAsync("the close", raw.UntilEndAsync())));
    }
}
