namespace LiveComments.IntegrationTests.Attacks.Smuggling;

/// <content>Chunks that two readers would cut at different places.</content>
static partial class SmugglingCases
{
    private static SmugglingCase[] Chunks(string target, string smuggled, string next)
    {
        var post = $"POST {target} HTTP/1.1\r\nHost: g\r\n";
        return
        [
            new("chunk extension", $"{post}Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n{LastChunk}", $"POST {target} 5"),
            new("chunk extension in quotes with line break", $"{post}Transfer-Encoding: chunked\r\n\r\n5;a=\"\r\nhello\r\n{LastChunk}{next}", $"POST {target} 5", $"GET {smuggled} 0"),
            new("chunk extension with a bare line feed", $"{post}Transfer-Encoding: chunked\r\n\r\n5;a\nb\r\nhello\r\n{LastChunk}{next}"),
            new("chunk extension with a bare carriage return", $"{post}Transfer-Encoding: chunked\r\n\r\n5;a\rb\r\nhello\r\n{LastChunk}{next}"),
            new("chunk size behind 0x", $"{post}Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n{LastChunk}{next}"),
            new("chunk size with a plus", $"{post}Transfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n{LastChunk}{next}"),
            new("chunk size with a minus", $"{post}Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n{LastChunk}{next}"),
            new("chunk size with a space before", $"{post}Transfer-Encoding: chunked\r\n\r\n 5\r\nhello\r\n{LastChunk}{next}"),
            new("chunk size with a space behind", $"{post}Transfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n{LastChunk}{next}"),
            new("chunk size beyond 31 bits", $"{post}Transfer-Encoding: chunked\r\n\r\n100000005\r\nhello\r\n{LastChunk}{next}"),
            new("chunk size beyond 64 bits", $"{post}Transfer-Encoding: chunked\r\n\r\n10000000000000005\r\nhello\r\n{LastChunk}{next}"),
            new("chunk size that is none", $"{post}Transfer-Encoding: chunked\r\n\r\n\r\nhello\r\n{LastChunk}{next}"),
            new("chunk size with zeros before", $"{post}Transfer-Encoding: chunked\r\n\r\n000000000005\r\nhello\r\n{LastChunk}"),
            new("chunk size ended by a bare line feed", $"{post}Transfer-Encoding: chunked\r\n\r\n5\nhello\r\n{LastChunk}{next}"),
            new("chunk ended by a bare line feed", $"{post}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\n{LastChunk}{next}"),
            new("chunk longer than its size", $"{post}Transfer-Encoding: chunked\r\n\r\n5\r\nhelloworld\r\n{LastChunk}{next}"),
            new("last chunk ended by bare line feeds", $"{post}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\n\n{next}"),
            new("trailers", $"{post}Transfer-Encoding: chunked\r\nTrailer: X-End\r\n\r\n5\r\nhello\r\n0\r\nX-End: y\r\n\r\n", $"POST {target} 5"),
            new("trailers that would frame", $"{post}Transfer-Encoding: chunked\r\nTrailer: Content-Length\r\n\r\n5\r\nhello\r\n0\r\nContent-Length: 50\r\nTransfer-Encoding: x\r\nHost: other\r\n\r\n", $"POST {target} 5"),
            new("a trailer without a colon", $"{post}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nGET {smuggled} HTTP/1.1\r\n\r\n"),
        ];
    }
}
