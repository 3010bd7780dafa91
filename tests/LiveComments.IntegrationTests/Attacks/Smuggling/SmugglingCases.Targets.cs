namespace LiveComments.IntegrationTests.Attacks.Smuggling;

/// <content>Where a request goes to, said in unusual forms; and in other versions of HTTP.</content>
static partial class SmugglingCases
{
    private static SmugglingCase[] Targets(string target, string smuggled, string next)
    {
        var post = $"POST {target} HTTP/1.1\r\nHost: g\r\n";
        var get = $"GET {target} HTTP/1.1\r\nHost: g\r\n";
        return
        [
            new("absolute form of another host", $"GET http://other{target} HTTP/1.1\r\nHost: g\r\n\r\n"),
            new("absolute form of the same host", $"GET http://g{target} HTTP/1.1\r\nHost: g\r\n\r\n", $"GET {target} 0"),
            new("absolute form with user information", $"GET http://g@other{target} HTTP/1.1\r\nHost: other\r\n\r\n", $"GET {target} 0"),
            new("absolute form of another scheme", $"GET ftp://g{target} HTTP/1.1\r\nHost: g\r\n\r\n"),
            new("authority form with GET", "GET g:80 HTTP/1.1\r\nHost: g\r\n\r\n"),
            new("authority form with CONNECT", $"CONNECT other:80 HTTP/1.1\r\nHost: other:80\r\n\r\n{next}", "405", $"GET {smuggled} 0"),
            new("asterisk form with GET", "GET * HTTP/1.1\r\nHost: g\r\n\r\n"),
            new("a target with a space", $"GET {target} {smuggled} HTTP/1.1\r\nHost: g\r\n\r\n"),
            new("a target with a tab", $"GET {target}\t{smuggled} HTTP/1.1\r\nHost: g\r\n\r\n"),
            new("a target with NUL", $"GET {target}\u0000 HTTP/1.1\r\nHost: g\r\n\r\n"),
            new("a target with an encoded line break", $"GET {target}%0d%0aX:%20y HTTP/1.1\r\nHost: g\r\n\r\n"),
            new("a target with an encoded NUL", $"GET {target}%00 HTTP/1.1\r\nHost: g\r\n\r\n"),
            new("a target with a fragment", $"GET {target}#x HTTP/1.1\r\nHost: g\r\n\r\n", $"GET {target}%23x 0"),
            new("a target with an encoded slash", $"GET {target}%2f..%2fsmuggled HTTP/1.1\r\nHost: g\r\n\r\n", $"GET {target}%252f..%252fsmuggled 0"),
            new("a target with a backslash", $"GET {target}\\..\\smuggled HTTP/1.1\r\nHost: g\r\n\r\n", $"GET {target}%5C..%5Csmuggled 0"),
            new("a target with bad escapes", $"GET {target}%zz%c0%ae HTTP/1.1\r\nHost: g\r\n\r\n", $"GET {target}%25zz%25c0%25ae 0"),
            new("HTTP/0.9", $"GET {target}\r\n{next}"),
            new("HTTP/1.0 in chunks", $"POST {target} HTTP/1.0\r\nHost: g\r\nTransfer-Encoding: chunked\r\n\r\n{LastChunk}{next}"),
            new("HTTP/1.0 in chunks with a length", $"POST {target} HTTP/1.0\r\nHost: g\r\nConnection: keep-alive\r\nContent-Length: {LastChunk.Length + next.Length}\r\nTransfer-Encoding: chunked\r\n\r\n{LastChunk}{next}"),
            new("HTTP/1.0 kept alive", $"GET {target} HTTP/1.0\r\nHost: g\r\nConnection: keep-alive\r\n\r\n", $"GET {target} 0"),
            new("HTTP/1.2", $"GET {target} HTTP/1.2\r\nHost: g\r\n\r\n"),
            new("HTTP/2.0", $"GET {target} HTTP/2.0\r\nHost: g\r\n\r\n"),
            new("a version in small letters", $"GET {target} http/1.1\r\nHost: g\r\n\r\n"),
            new("a method in small letters", $"get {target} HTTP/1.1\r\nHost: g\r\n\r\n", $"GET {target} 0"),
            new("a method with a colon", $"GE:T {target} HTTP/1.1\r\nHost: g\r\n\r\n"),
            new("pipelined requests", $"{get}\r\n{post}Content-Length: 5\r\n\r\nhello{get}\r\n", $"GET {target} 0", $"POST {target} 5", $"GET {target} 0"),
        ];
    }
}
