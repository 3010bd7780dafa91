namespace LiveComments.IntegrationTests.Attacks.Smuggling;

/// <content>What concerns one connection alone, and must not reach beyond it.</content>
static partial class SmugglingCases
{
    private static SmugglingCase[] Hops(string target, string smuggled, string next)
    {
        var post = $"POST {target} HTTP/1.1\r\nHost: g\r\n";
        var get = $"GET {target} HTTP/1.1\r\nHost: g\r\n";
        return
        [
            new("Connection names Authorization", $"{get}Authorization: Bearer x\r\nConnection: Authorization\r\n\r\n", $"GET {target} 0"),
            new("Connection names X-Forwarded-For", $"{get}X-Forwarded-For: 1.2.3.4\r\nConnection: X-Forwarded-For, X-Forwarded-Host\r\n\r\n", $"GET {target} 0"),
            new("Connection names Host and Content-Length", $"{post}Content-Length: 5\r\nConnection: Host, Content-Length\r\n\r\nhello", $"POST {target} 5"),
            new("hop-by-hop headers", $"{get}Keep-Alive: x\r\nTE: trailers, gzip\r\nProxy-Authorization: z\r\nProxy-Connection: keep-alive\r\nUpgrade: foo\r\nX-Hop: y\r\nConnection: X-Hop\r\n\r\n", $"GET {target} 0"),
            new("upgrade to h2c", $"{get}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n{next}", $"GET {target} 0", $"GET {smuggled} 0"),
            new("upgrade to h2c and to a WebSocket", $"{get}Connection: Upgrade\r\nUpgrade: websocket, h2c\r\n\r\n", $"GET {target} 0"),
            // Refused, it was no upgrade: what lies behind is a request, and is answered as one.
            new("a refused WebSocket and a request behind", $"{get}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n{next}", $"!GET {target} 0", $"GET {smuggled} 0"),
            new("a refused WebSocket of a bad version", $"{get}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 777\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n{next}", $"!GET {target} 0", $"GET {smuggled} 0"),
            new("a WebSocket with a body", $"{post}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nContent-Length: {next.Length}\r\n\r\n{next}"),
            new("expect 100", $"{post}Content-Length: 5\r\nExpect: 100-continue\r\n\r\nhello", $"POST {target} 5"),
            new("expect 100 twice", $"{post}Content-Length: 5\r\nExpect: 100-continue\r\nExpect: 100-continue\r\n\r\nhello", $"POST {target} 5"),
            new("expect something else", $"{post}Content-Length: 5\r\nExpect: x 100-continue\r\n\r\nhello", $"POST {target} 5"),
            new("expect 100 without a body", $"{get}Expect: 100-continue\r\n\r\n", $"GET {target} 0"),
            new("names in odd case", $"POST {target} HTTP/1.1\r\nhOST: g\r\ncOnTeNt-LeNgTh: 5\r\n\r\nhello", $"POST {target} 5"),
            new("underscores", $"{get}X_Forwarded_For: 1.2.3.4\r\nContent_Length: 5\r\n\r\n", $"GET {target} 0"),
            new("method override", $"{post}Content-Length: 0\r\nX-HTTP-Method-Override: DELETE\r\nX-Original-URL: {smuggled}\r\nX-Rewrite-URL: {smuggled}\r\n\r\n", $"POST {target} 0"),
        ];
    }
}
