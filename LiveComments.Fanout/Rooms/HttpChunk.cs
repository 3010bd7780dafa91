using System.Globalization;
using System.Text;

namespace LiveComments.Fanout.Rooms;

/// <summary>The chunked transfer coding of HTTP/1.1 (RFC 9112 §7.1).</summary>
static class HttpChunk
{
    private static readonly byte[] LineEnd = "\r\n"u8.ToArray();

    /// <summary>Ends a body: no chunk follows.</summary>
    public static readonly byte[] Last = "0\r\n\r\n"u8.ToArray();

    /// <summary>One chunk of these bytes. Of none it is nothing, since a chunk of no bytes would end the body.</summary>
    public static byte[] Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return [];
        // 13b\r\n…\r\n
        var head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{bytes.Length:x}\r\n"));
        return [.. head, .. bytes, .. LineEnd];
    }
}
