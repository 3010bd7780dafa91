namespace LiveComments.IntegrationTests.Attacks.Smuggling;

/// <content>Where a body ends, said twice, in other words, or not at all.</content>
static partial class SmugglingCases
{
    private static SmugglingCase[] Lengths(string target, string smuggled, string next)
    {
        var post = $"POST {target} HTTP/1.1\r\nHost: g\r\n";
        var get = $"GET {target} HTTP/1.1\r\nHost: g\r\n";
        return
        [
            new("length and chunks, the length covers the next request", $"{post}Content-Length: {LastChunk.Length + next.Length}\r\nTransfer-Encoding: chunked\r\n\r\n{LastChunk}{next}"),
            new("chunks and length, the other way round", $"{post}Transfer-Encoding: chunked\r\nContent-Length: {LastChunk.Length + next.Length}\r\n\r\n{LastChunk}{next}"),
            new("a length that ends in the chunk, and chunks", $"{post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n{next.Length:x}\r\n{next}\r\n{LastChunk}"),
            new("two codings, the second unknown", $"{post}Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n{LastChunk}{next}"),
            new("two codings, the first unknown", $"{post}Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n\r\n{LastChunk}{next}"),
            new("chunked twice", $"{post}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n{LastChunk}{next}"),
            new("chunked twice in one line", $"{post}Transfer-Encoding: chunked, chunked\r\n\r\n{LastChunk}{next}"),
            new("a coding that only looks like chunked", $"{post}Transfer-Encoding: xchunked\r\nContent-Length: {LastChunk.Length + next.Length}\r\n\r\n{LastChunk}{next}"),
            new("identity and a length", $"{post}Transfer-Encoding: identity\r\nContent-Length: {next.Length}\r\n\r\n{next}"),
            new("chunked in quotes", $"{post}Transfer-Encoding: \"chunked\"\r\n\r\n{LastChunk}{next}"),
            new("chunked with a vertical tab", $"{post}Transfer-Encoding: \u000bchunked\r\n\r\n{LastChunk}{next}"),
            new("chunked in capitals and between blanks", $"{post}Transfer-Encoding: \t CHUNKED \t\r\n\r\n{LastChunk}", $"POST {target} 0"),
            new("chunked with a space before its colon", $"{post}Transfer-Encoding : chunked\r\nContent-Length: {LastChunk.Length + next.Length}\r\n\r\n{LastChunk}{next}"),
            new("chunked folded on the next line", $"{post}Transfer-Encoding:\r\n chunked\r\n\r\n{LastChunk}{next}"),
            new("chunked behind a bare line feed", $"{post}X: y\nTransfer-Encoding: chunked\r\nContent-Length: {LastChunk.Length + next.Length}\r\n\r\n{LastChunk}{next}"),
            new("chunked behind a bare carriage return", $"{post}X: y\rTransfer-Encoding: chunked\r\nContent-Length: {LastChunk.Length + next.Length}\r\n\r\n{LastChunk}{next}"),
            new("chunked with NUL behind", $"{post}Transfer-Encoding: chunked\u0000\r\n\r\n{LastChunk}{next}"),
            new("chunked with an underscore", $"{post}Transfer_Encoding: chunked\r\nContent-Length: 5\r\n\r\nhello", $"POST {target} 5"),
            new("chunked not last", $"{post}Transfer-Encoding: chunked, gzip\r\n\r\n{LastChunk}{next}"),
            new("an empty coding", $"{post}Transfer-Encoding: \r\nContent-Length: {next.Length}\r\n\r\n{next}"),
            new("two lengths", $"{post}Content-Length: 0\r\nContent-Length: {next.Length}\r\n\r\n{next}"),
            new("the same length twice", $"{post}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
            new("two lengths with a comma", $"{post}Content-Length: 0, {next.Length}\r\n\r\n{next}"),
            new("the same length with a comma", $"{post}Content-Length: 5, 5\r\n\r\nhello"),
            // The web server reads a sign, which a length has none of. What goes on is the plain number.
            new("a length with a plus", $"{post}Content-Length: +5\r\n\r\nhello", $"POST {target} 5"),
            new("a length with a minus", $"{post}Content-Length: -5\r\n\r\n{next}"),
            new("a length of minus nothing", $"{post}Content-Length: -0\r\n\r\n{next}", $"POST {target} 0", $"GET {smuggled} 0"),
            new("a length in hexadecimal", $"{post}Content-Length: 0x5\r\n\r\nhello"),
            new("a length with a point", $"{post}Content-Length: 5.0\r\n\r\nhello"),
            new("a length with a space in it", $"{post}Content-Length: 1 0\r\n\r\n{next}"),
            new("a length in other digits", $"{post}Content-Length: \u00d9\u00a5\r\n\r\nhello"),
            new("a length beyond 63 bits", $"{post}Content-Length: 18446744073709551616\r\n\r\n{next}"),
            new("a length that wraps round to five", $"{post}Content-Length: 4294967301\r\n\r\nhello"),
            new("no length", $"{post}Content-Length: \r\n\r\n{next}"),
            new("a length with a space before its colon", $"{post}Content-Length : {next.Length}\r\n\r\n{next}"),
            new("a length with leading zeros", $"{post}Content-Length: 0005\r\n\r\nhello", $"POST {target} 5"),
            new("a length on a folded line", $"{post}Content-Length: 5\r\n 0\r\n\r\nhello"),
            new("a body longer than its length", $"{post}Content-Length: 5\r\n\r\nhello{next}", $"POST {target} 5", $"GET {smuggled} 0"),
            new("no length and a body", $"{post}\r\n{next}", $"POST {target} 0", $"GET {smuggled} 0"),
            new("GET with a body", $"{get}Content-Length: 5\r\n\r\nhello", $"GET {target} 5"),
            new("GET with a request in its body", $"{get}Content-Length: {next.Length}\r\n\r\n{next}", $"GET {target} {next.Length}"),
            new("GET in chunks with a request in its body", $"{get}Transfer-Encoding: chunked\r\n\r\n{next.Length:x}\r\n{next}\r\n{LastChunk}", $"GET {target} {next.Length}"),
            new("HEAD with a request in its body", $"HEAD {target} HTTP/1.1\r\nHost: g\r\nContent-Length: {next.Length}\r\n\r\n{next}", $"HEAD {target} {next.Length}"),
        ];
    }
}
