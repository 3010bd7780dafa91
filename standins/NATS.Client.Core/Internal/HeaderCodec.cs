using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace NATS.Client.Core.Internal;

/// <summary>Writes and reads <c>NATS/1.0 404 No Messages\r\nName: value\r\n\r\n</c>. Hot path.</summary>
internal static class HeaderCodec
{
    private const int CodeOffset = 8; // behind "NATS/1.0"

    private static readonly SearchValues<byte> NameBytes = SearchValues.Create(
        [.. Enumerable.Range('!', '~' - '!' + 1).Where(b => b != ':').Select(b => (byte)b)]);

    private static readonly (string Text, NatsHeaders.Messages Message)[] KnownMessages =
    [
        ("Idle Heartbeat", NatsHeaders.Messages.IdleHeartbeat),
        ("Bad Request", NatsHeaders.Messages.BadRequest),
        ("Consumer Deleted", NatsHeaders.Messages.ConsumerDeleted),
        ("Consumer is push based", NatsHeaders.Messages.ConsumerIsPushBased),
        ("No Messages", NatsHeaders.Messages.NoMessages),
        ("Request Timeout", NatsHeaders.Messages.RequestTimeout),
        ("Message Size Exceeds MaxBytes", NatsHeaders.Messages.MessageSizeExceedsMaxBytes),
        ("Requests Pending", NatsHeaders.Messages.RequestsPending),
    ];

    private static ReadOnlySpan<byte> Version => "NATS/1.0"u8;

    private static ReadOnlySpan<byte> NewLine => "\r\n"u8;

    private static ReadOnlySpan<byte> Separator => ": "u8;

    public static int Length(NatsHeaders headers, Encoding encoding)
    {
        var length = Version.Length + NewLine.Length + NewLine.Length;
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
            {
                if (value is not null)
                    length += encoding.GetByteCount(name) + Separator.Length + encoding.GetByteCount(value) + NewLine.Length;
            }
        }

        return length;
    }

    /// <exception cref="NatsException">A name or value that would break the block.</exception>
    public static void Write(IBufferWriter<byte> writer, NatsHeaders headers, Encoding encoding)
    {
        writer.Write(Version);
        writer.Write(NewLine);
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
            {
                if (value is null)
                    continue;
                var nameSpan = WriteText(writer, name, encoding);
                if (nameSpan.Length == 0 || nameSpan.ContainsAnyExcept(NameBytes))
                    throw new NatsException($"Invalid header key '{name}': contains colon, space, or other non-printable ASCII characters");
                writer.Write(Separator);
                if (WriteText(writer, value, encoding).IndexOf(NewLine) >= 0)
                    throw new NatsException($"Invalid header value for key '{name}': contains CRLF");
                writer.Write(NewLine);
            }
        }

        writer.Write(NewLine);
    }

    /// <exception cref="NatsException">Not a header block.</exception>
    public static void Read(ReadOnlySpan<byte> block, NatsHeaders headers, Encoding encoding)
    {
        if (!block.StartsWith(Version))
            throw new NatsException("Protocol error: header version mismatch");
        ReadStatus(NextLine(ref block)[Version.Length..], headers, encoding);
        while (block.Length > 0)
        {
            var line = NextLine(ref block);
            if (line.Length == 0)
                continue;
            var colon = line.IndexOf((byte)':');
            if (colon <= 0 || line[..colon].IndexOfAny((byte)' ', (byte)'\t') >= 0)
                throw new NatsException($"Protocol error: invalid request header line '{Encoding.ASCII.GetString(line)}'");
            var name = encoding.GetString(line[..colon]);
            var value = encoding.GetString(line[(colon + 1)..].Trim(" \t"u8));
            headers[name] = headers.TryGetValue(name, out var before) ? StringValues.Concat(before, value) : value;
        }
    }

    /// <summary>Whether the block says 503: nobody listens. Asked only of messages without a payload.</summary>
    public static bool IsNoResponders(ReadOnlySpan<byte> block) =>
        block.Length > CodeOffset && block[CodeOffset..].StartsWith(" 503"u8);

    private static void ReadStatus(ReadOnlySpan<byte> status, NatsHeaders headers, Encoding encoding)
    {
        status = status.Trim((byte)' ');
        if (status.Length == 0)
            return;
        if (!Utf8Parser.TryParse(status, out int code, out var codeLength))
            throw new NatsException("Protocol error: header code is not a number");
        headers.Code = code;
        status = status[codeLength..].Trim((byte)' ');
        foreach (var (text, message) in KnownMessages)
        {
            if (!Ascii.Equals(status, text))
                continue;
            (headers.Message, headers.MessageText) = (message, text);
            return;
        }

        headers.MessageText = encoding.GetString(status);
    }

    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> block)
    {
        var end = block.IndexOf(NewLine);
        if (end < 0)
            throw new NatsException($"Protocol error: invalid request header line '{Encoding.ASCII.GetString(block)}'");
        var line = block[..end];
        block = block[(end + NewLine.Length)..];
        return line;
    }

    private static Span<byte> WriteText(IBufferWriter<byte> writer, string text, Encoding encoding)
    {
        var span = writer.GetSpan(encoding.GetMaxByteCount(text.Length));
        var length = encoding.GetBytes(text, span);
        writer.Advance(length);
        return span[..length];
    }
}
