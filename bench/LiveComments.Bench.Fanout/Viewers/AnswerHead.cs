using System.Text;

namespace LiveComments.Bench.Fanout.Viewers;

/// <summary>The head of an HTTP answer, as far as a viewer cares.</summary>
sealed class AnswerHead
{
    private readonly string[] _lines;

    public AnswerHead(ReadOnlySpan<byte> head) => _lines = Encoding.ASCII.GetString(head).Split("\r\n");

    public string StatusLine => _lines[0];

    public bool IsSuccess => StatusLine.StartsWith("HTTP/1.1 200", StringComparison.Ordinal) || StatusLine.StartsWith("HTTP/1.1 101", StringComparison.Ordinal);

    public bool IsChunked => Header("Transfer-Encoding") == "chunked";

    /// <summary>Where a redirect leads.</summary>
    public Uri? Location => StatusLine.StartsWith("HTTP/1.1 307", StringComparison.Ordinal) && Header("Location") is { } location ? new Uri(location) : null;

    private string? Header(string name) => _lines
        .Where(line => line.StartsWith(name, StringComparison.OrdinalIgnoreCase) && line.Length > name.Length && line[name.Length] == ':')
        .Select(line => line[(name.Length + 1)..].Trim())
        .FirstOrDefault();
}
