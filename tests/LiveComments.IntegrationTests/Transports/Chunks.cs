using System.Globalization;
using System.Text;

namespace LiveComments.IntegrationTests.Transports;

/// <summary>Takes an HTTP/1.1 answer's head and its chunks apart, however the bytes come. A chunk may end anywhere in an event.</summary>
sealed class Chunks
{
    private static readonly byte[] HeadEnd = "\r\n\r\n"u8.ToArray();

    private readonly List<byte> _line = [];
    private bool _inBody;
    private int _left;

    /// <summary>What of the bytes belongs to the body.</summary>
    public void Take(ReadOnlySpan<byte> bytes, StringBuilder body)
    {
        while (!bytes.IsEmpty)
        {
            if (_left > 0)
            {
                var count = Math.Min(_left, bytes.Length);
                body.Append(Encoding.ASCII.GetString(bytes[..count]));
                bytes = bytes[count..];
                _left -= count;
                continue;
            }

            _line.Add(bytes[0]);
            bytes = bytes[1..];
            if (!_inBody)
                _inBody = EndsWith(HeadEnd) && Begin();
            // \r\n1f4\r\n: the end of the chunk before, and the size of the next.
            else if (_line.Count > 2 && EndsWith("\r\n"u8))
                Begin(int.Parse(Encoding.ASCII.GetString([.. _line]).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        }
    }

    private bool EndsWith(ReadOnlySpan<byte> end) =>
        _line.Count >= end.Length && System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_line)[^end.Length..].SequenceEqual(end);

    private bool Begin(int chunk = 0)
    {
        _line.Clear();
        _left = chunk;
        return true;
    }
}
