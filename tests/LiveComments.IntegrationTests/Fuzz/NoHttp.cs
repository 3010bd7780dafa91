namespace LiveComments.IntegrationTests.Fuzz;

/// <summary>What the HTTP server itself must cope with: broken framing, lies about lengths, other protocols.</summary>
static class NoHttp
{
    private const string Post = "POST /api/streams HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n";

    public static IReadOnlyList<string> Requests { get; } =
    [
        "\r\n\r\n\r\n",
        "\0\0\0\0\r\n\r\n",
        "hello\r\n\r\n",
        "GET\r\n\r\n",
        "GET /\r\n\r\n",
        "GET / HTTP/0.9\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/2.0\r\nHost: test\r\n\r\n",
        "GET / HTTP/9.9\r\nHost: test\r\n\r\n",
        "GET / HTTP/1.1\nHost: test\n\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: test\r\n folded: yes\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: test\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: test\r\n: no name\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: test\r\nbad name: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: test\r\nX: \0\r\n\r\n",
        "GET /a\r\nX: y HTTP/1.1\r\nHost: test\r\n\r\n",
        "GET /api/streams/a\0b HTTP/1.1\r\nHost: test\r\n\r\n",
        "GET /api/streams/%00 HTTP/1.1\r\nHost: test\r\n\r\n",
        "GET http://elsewhere.example/api/streams HTTP/1.1\r\nHost: test\r\n\r\n",
        "CONNECT test:80 HTTP/1.1\r\nHost: test:80\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: test\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: test\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003\r\n\r\n",
        "SSH-2.0-x\r\n\r\n",
        "*1\r\n$4\r\nPING\r\n\r\n",
        "PING\r\n\r\n",
        $"{Post}Content-Length: -1\r\n\r\n",
        $"{Post}Content-Length: 1e3\r\n\r\n",
        $"{Post}Content-Length: 99999999999999999999\r\n\r\n",
        $"{Post}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}",
        $"{Post}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        $"{Post}Content-Length: 9000\r\n\r\n",
        $"{Post}Transfer-Encoding: gzip\r\n\r\n",
        $"{Post}Transfer-Encoding: chunked, gzip\r\n\r\n",
        $"{Post}Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        $"{Post}Transfer-Encoding: chunked\r\n\r\n-1\r\n",
        $"{Post}Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n",
        $"{Post}Transfer-Encoding: chunked\r\n\r\n2\r\n{{}}x\r\n0\r\n\r\n",
        $"GET /{new string('a', 20_000)} HTTP/1.1\r\nHost: test\r\n\r\n",
        $"GET / HTTP/1.1\r\nHost: test\r\nX: {new string('a', 60_000)}\r\n\r\n",
        $"GET / HTTP/1.1\r\nHost: test\r\n{string.Concat(Enumerable.Range(0, 300).Select(index => $"X-{index}: y\r\n"))}\r\n",
        $"{new string('A', 10_000)} / HTTP/1.1\r\nHost: test\r\n\r\n",
    ];
}
