using System.Globalization;
using System.Text;

namespace LiveComments.IntegrationTests.Fuzz;

/// <summary>One request, byte for byte. Text of the head is sent as Latin-1, so that it can be any bytes.</summary>
sealed record FuzzCase(string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers, byte[]? Body)
{
    // A failure's message should be readable.
    private const int MaxShown = 800;

    public bool IsHead => Method == "HEAD";

    /// <summary>Whether the HTTP server itself may refuse it, in its own short way, before anything of ours sees it.</summary>
    public bool MayBeNoHttp =>
        Method.Any(character => !char.IsAsciiLetterUpper(character))
        || Target.Length > 4_096
        || Target.Any(character => character is <= ' ' or > '~')
        || Target.Contains("%00", StringComparison.Ordinal)
        || Headers.Any(header => header.Name == "Host" || header.Value.Length > 4_096 || header.Value.Any(character => character is < ' ' or > '~'))
        // GET *, CONNECT: forms of the request line of their own.
        || Target.Length == 0 || Target[0] != '/';

    public byte[] ToBytes()
    {
        var head = new StringBuilder($"{Method} {Target} HTTP/1.1\r\n");
        foreach (var (name, value) in Headers)
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        if (Headers.All(header => header.Name != "Host"))
            head.Append("Host: test\r\n");
        if (Body is not null)
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {Body.Length}\r\n");
        head.Append("\r\n");
        return [.. Encoding.Latin1.GetBytes(head.ToString()), .. Body ?? []];
    }

    /// <summary>The same with less in it, to find what of it matters.</summary>
    public IEnumerable<FuzzCase> Smaller()
    {
        for (var index = 0; index < Headers.Count; index++)
            yield return this with { Headers = [.. Headers.Where((_, at) => at != index)] };
        if (Target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query)
            yield return this with { Target = Target[..query] };
        if (Body is { Length: > 0 })
        {
            yield return this with { Body = [] };
            yield return this with { Body = Body[..(Body.Length / 2)] };
        }
    }

    public override string ToString() => Escaped(ToBytes());

    public static string Escaped(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        foreach (var one in bytes.Length > MaxShown ? bytes[..MaxShown] : bytes)
            text.Append(one is >= 0x20 and < 0x7F ? ((char)one).ToString() : string.Create(CultureInfo.InvariantCulture, $"\\x{one:x2}"));
        return text.ToString();
    }
}
