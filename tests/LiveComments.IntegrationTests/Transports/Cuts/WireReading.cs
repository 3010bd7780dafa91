using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using LiveComments.Contracts;

namespace LiveComments.IntegrationTests.Transports.Cuts;

/// <summary>Where in what it was being told a viewer was cut off.</summary>
enum CutAt
{
    Head,
    BetweenMessages,
    ChunkHead,
    Event,
    Character,
    FrameHead,
    Frame,
    PollAnswer,
}

/// <summary>What a client makes of the bytes of one connection, by the public rules: only what came whole counts.</summary>
/// <param name="Messages">In order.</param>
/// <param name="Cursor">The last it was told; null when there was none.</param>
/// <param name="IsOver">True when nothing more comes.</param>
/// <param name="At">Where the bytes end.</param>
sealed record WireReading(IReadOnlyList<LiveMessage> Messages, string? Cursor, bool IsOver, CutAt At)
{
    private const byte Continuation = 0x0;
    private const byte TextFrame = 0x1;
    private const byte CloseFrame = 0x8;
    private const byte FinalBit = 0x80;

    private static readonly WireReading Nothing = new([], null, false, CutAt.Head);

    public static WireReading Of(string transport, ReadOnlySpan<byte> wire)
    {
        var end = wire.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return Nothing;
        var head = Encoding.ASCII.GetString(wire[..(end + 2)]);
        var status = head.Split(' ', 3)[1];
        Assert.True(status is "200" or "101", head);
        var body = wire[(end + 4)..];
        return transport switch
        {
            LiveClient.Sse => OfEvents(head, body),
            LiveClient.WebSocket => OfFrames(body),
            _ => OfPoll(head, body),
        };
    }

    private static WireReading OfEvents(string head, ReadOnlySpan<byte> body)
    {
        var at = CutAt.BetweenMessages;
        var isOver = false;
        var text = head.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase) ? Unchunk(body, ref at, ref isOver) : body.ToArray();
        if (at != CutAt.ChunkHead)
            at = PlaceIn(text);

        var messages = new List<LiveMessage>();
        string? cursor = null;
        // An event is what stands before a blank line; what comes after the last one is none yet.
        var whole = text.AsSpan().LastIndexOf("\n\n"u8);
        foreach (var block in whole < 0 ? [] : Encoding.UTF8.GetString(text, 0, whole).Split("\n\n"))
        {
            string? data = null;
            foreach (var line in block.Split('\n'))
            {
                if (line.StartsWith("id: ", StringComparison.Ordinal))
                    cursor = line["id: ".Length..];
                else if (line.StartsWith("data: ", StringComparison.Ordinal))
                    data = line["data: ".Length..];
                else
                    Assert.True(line.Length == 0 || line.StartsWith(':') || line.StartsWith("event: ", StringComparison.Ordinal) || line.StartsWith("retry: ", StringComparison.Ordinal), line);
            }

            if (data is not null)
                messages.Add(Parse(data).Message!);
        }

        return new WireReading(messages, cursor, isOver, at);
    }

    // 13b\r\n…\r\n: what came of the last chunk is handed on as well.
    private static byte[] Unchunk(ReadOnlySpan<byte> body, ref CutAt at, ref bool isOver)
    {
        using var text = new MemoryStream();
        while (!body.IsEmpty)
        {
            var line = body.IndexOf("\r\n"u8);
            if (line < 0)
            {
                at = CutAt.ChunkHead;
                break;
            }

            var size = int.Parse(Encoding.ASCII.GetString(body[..line]), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            isOver |= size == 0;
            body = body[(line + 2)..];
            text.Write(body[..Math.Min(size, body.Length)]);
            body = body[Math.Min(size + 2, body.Length)..];
        }

        return text.ToArray();
    }

    private static WireReading OfFrames(ReadOnlySpan<byte> body)
    {
        var messages = new List<LiveMessage>();
        string? cursor = null;
        var isOver = false;
        var at = CutAt.BetweenMessages;
        using var message = new MemoryStream();
        while (!body.IsEmpty)
        {
            // FIN and opcode, length in 7 bits, or in 16 or 64 that follow; a server masks nothing.
            var lengthBytes = body.Length < 2 ? int.MaxValue : (body[1] & 0x7f) switch { 126 => 2, 127 => 8, _ => 0 };
            if (body.Length < 2 || body.Length < 2 + lengthBytes)
            {
                at = CutAt.FrameHead;
                break;
            }

            var length = lengthBytes switch
            {
                2 => BinaryPrimitives.ReadUInt16BigEndian(body[2..]),
                8 => (int)BinaryPrimitives.ReadUInt64BigEndian(body[2..]),
                _ => body[1] & 0x7f,
            };
            if (body.Length < 2 + lengthBytes + length)
            {
                at = PlaceIn(body[(2 + lengthBytes)..]) == CutAt.Character ? CutAt.Character : CutAt.Frame;
                break;
            }

            var opcode = (byte)(body[0] & 0xf);
            if (opcode is TextFrame or Continuation)
            {
                message.Write(body.Slice(2 + lengthBytes, length));
                if ((body[0] & FinalBit) != 0)
                {
                    var (said, moved) = Parse(Encoding.UTF8.GetString(message.ToArray()));
                    message.SetLength(0);
                    cursor = moved ?? cursor;
                    if (said is not null)
                        messages.Add(said);
                }
            }

            isOver |= opcode == CloseFrame;
            body = body[(2 + lengthBytes + length)..];
        }

        return new WireReading(messages, cursor, isOver, at);
    }

    private static WireReading OfPoll(string head, ReadOnlySpan<byte> body)
    {
        var at = CutAt.BetweenMessages;
        var isOver = false;
        byte[] json;
        if (head.Contains("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase))
        {
            json = Unchunk(body, ref at, ref isOver);
        }
        else
        {
            var field = head.Split("\r\n").Single(line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase));
            isOver = body.Length == int.Parse(field["Content-Length: ".Length..], CultureInfo.InvariantCulture);
            json = body.ToArray();
        }

        // Half an answer is none.
        if (!isOver)
            return new WireReading([], null, false, PlaceIn(json) == CutAt.Character ? CutAt.Character : CutAt.PollAnswer);
        var answer = JsonSerializer.Deserialize(json, ContractsJson.Default.PollAnswer)!;
        return new WireReading([.. answer.Messages.Select(message => Parse(message.GetRawText()).Message!)], answer.Cursor, true, at);
    }

    private static (LiveMessage? Message, string? Cursor) Parse(string text)
    {
        using var message = JsonDocument.Parse(text);
        var cursor = message.RootElement.TryGetProperty("cursor", out var value) ? value.GetString() : null;
        var type = message.RootElement.GetProperty("type").GetString()!;
        return (type == ServerMessageTypes.CursorMoved ? null : new LiveMessage(type, message.RootElement.GetProperty("payload").Clone()), cursor);
    }

    private static CutAt PlaceIn(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text.EndsWith("\n\n"u8))
            return CutAt.BetweenMessages;
        // How many bytes of the last character are there, and how many it has.
        var begun = text.Length - 1;
        while (begun > 0 && (text[begun] & 0xc0) == 0x80)
            begun--;
        var needed = text[begun] switch { < 0x80 => 1, < 0xe0 => 2, < 0xf0 => 3, _ => 4 };
        return text.Length - begun < needed ? CutAt.Character : CutAt.Event;
    }
}
