using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace LiveComments.Bench.Fanout.Viewers;

/// <summary>What viewers send. One is written for each endpoint and used by all.</summary>
static class Requests
{
    /// <summary>Ours and the peers' heads have a few hundred bytes.</summary>
    public const int MaxHeadLength = 8 * 1024;

    private static readonly ConcurrentDictionary<Endpoint, byte[]> Written = new();

    // SignalR ends each message with a record separator.
    public static byte[] HubHandshake { get; } = WebSocketBody.TextFrame("{\"protocol\":\"json\",\"version\":1}\u001e"u8);

    public static byte[] HubPing { get; } = WebSocketBody.TextFrame("{\"type\":6}\u001e"u8);

    public static ReadOnlySpan<byte> For(Endpoint endpoint) => Written.GetOrAdd(endpoint, Write);

    private static byte[] Write(Endpoint endpoint)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"GET {endpoint.Path} HTTP/1.1\r\nHost: 127.0.0.1:{endpoint.Port}\r\n");
        if (endpoint.Protocol == Protocol.Sse)
        {
            text.Append("Accept: text/event-stream\r\nCache-Control: no-cache\r\n");
        }
        else
        {
            // The key need not be random for a client that doesn't check the answer to it.
            text.Append("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
            if (endpoint.Protocol == Protocol.WebSocket)
                text.Append("Sec-WebSocket-Protocol: livecomments.v1.json\r\n");
        }

        return Encoding.ASCII.GetBytes(text.Append("\r\n").ToString());
    }
}
