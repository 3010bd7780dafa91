using System.Text;
using LiveComments.Contracts;
using static LiveComments.IntegrationTests.Attacks.Sockets.SocketFrame;

namespace LiveComments.IntegrationTests.Attacks.Sockets;

/// <summary>What a client sends that RFC 6455 doesn't allow, or that a service might be surprised by.</summary>
/// <param name="Name">What is odd about it.</param>
/// <param name="Bytes">After the handshake.</param>
/// <param name="Code">With what the service closes; null when the connection must go on as if nothing had been.</param>
sealed record AbuseCase(string Name, byte[] Bytes, int? Code)
{
    /// <summary>No more of ours comes after it, and nothing need be said to who is gone.</summary>
    public bool BreaksOff { get; init; }
}

static class AbuseCases
{
    private const int Normal = 1000;
    private const int NoCode = 1005;
    private const int ProtocolError = 1002;
    private const int BadText = 1007;

    private const byte Reserved1 = 0x40;
    private const byte Reserved2 = 0x20;
    private const byte Reserved3 = 0x10;

    private static readonly byte[] Much = new byte[Limits.MaxSocketMessageBytes + 2_000];

    public static IReadOnlyList<AbuseCase> All { get; } =
    [
        .. Headers, .. Opcodes, .. Controls, .. Texts, .. Fragments, .. Lengths, .. Closes,
    ];

    private static AbuseCase[] Headers =>
    [
        // A header of a client is six bytes at least; so many are waited for before it is looked at.
        new("a text without mask", Of(Fin | Text, "{ \"\": 1 }"u8, masked: false), ProtocolError),
        new("pings without mask", [.. Of(Fin | Ping, [], masked: false), .. Of(Fin | Ping, [], masked: false), .. Of(Fin | Ping, [], masked: false)], ProtocolError),
        new("a pong without mask", Of(Fin | Pong, "hello"u8, masked: false), ProtocolError),
        new("a close without mask", Of(Fin | Close, [3, 232, .. "goodbye"u8], masked: false), ProtocolError),
        new("a piece without mask behind one with", [.. Of(Text, "{"), .. Of(Fin | Continuation, "     }"u8, masked: false)], ProtocolError),
        new("the first reserved bit", Of(Fin | Reserved1 | Text, "{}"), ProtocolError),
        new("the second reserved bit", Of(Fin | Reserved2 | Text, "{}"), ProtocolError),
        new("the third reserved bit", Of(Fin | Reserved3 | Text, "{}"), ProtocolError),
        new("all reserved bits", Of(Fin | Reserved1 | Reserved2 | Reserved3 | Text, "{}"), ProtocolError),
        new("a reserved bit of a ping", Of(Fin | Reserved1 | Ping, ""), ProtocolError),
        new("a reserved bit of a close", Of(Fin | Reserved2 | Close, ""), ProtocolError),
        new("a reserved bit of a later piece", [.. Of(Text, "{"), .. Of(Fin | Reserved1 | Continuation, "}")], ProtocolError),
        new("a request of HTTP", Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: g\r\n\r\n"), ProtocolError),
        new("a handshake of TLS", [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, 0, 0, 0, 0, 0], ProtocolError),
    ];

    private static IEnumerable<AbuseCase> Opcodes =>
        from opcode in new byte[] { 3, 4, 5, 6, 7, 11, 12, 13, 14, 15 }
        select new AbuseCase($"the reserved opcode {opcode}", Of((byte)(Fin | opcode), "{}"), ProtocolError);

    private static AbuseCase[] Controls =>
    [
        new("a ping in pieces", Of(Ping, "a"), ProtocolError),
        new("a pong in pieces", Of(Pong, "a"), ProtocolError),
        new("a close in pieces", Of(Close, ""), ProtocolError),
        new("a ping that is too long", Of(Fin | Ping, new byte[126]), ProtocolError),
        new("a pong that is too long", Of(Fin | Pong, new byte[126]), ProtocolError),
        new("a close that is too long", Of(Fin | Close, [3, 232, .. new byte[124]]), ProtocolError),
        // Longer than it need be, but it can't be read in another way.
        new("a short ping with a long length", Of(Fin | Ping, new byte[5], lengthBytes: 8), null),
        new("the longest ping", Of(Fin | Ping, new byte[125]), null),
        new("a pong that nobody asked for", Of(Fin | Pong, "hello"), null),
        new("many pongs that nobody asked for", [.. Enumerable.Repeat(Of(Fin | Pong, ""), 50).SelectMany(frame => frame)], null),
    ];

    private static AbuseCase[] Texts =>
    [
        new("a text of a byte that is none", Of(Fin | Text, [0xff]), BadText),
        new("a text of a later byte alone", Of(Fin | Text, [0x80]), BadText),
        new("a slash in two bytes", Of(Fin | Text, [0xc0, 0xaf]), BadText),
        new("a slash in three bytes", Of(Fin | Text, [0xe0, 0x80, 0xaf]), BadText),
        new("NUL in two bytes", Of(Fin | Text, [0xc0, 0x80]), BadText),
        new("half of a surrogate pair", Of(Fin | Text, [0xed, 0xa0, 0x80]), BadText),
        new("both halves of a surrogate pair", Of(Fin | Text, [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]), BadText),
        new("a character beyond the last", Of(Fin | Text, [0xf4, 0x90, 0x80, 0x80]), BadText),
        new("a character of five bytes", Of(Fin | Text, [0xf8, 0x88, 0x80, 0x80, 0x80]), BadText),
        new("a text that ends within a character", Of(Fin | Text, [(byte)'a', 0xe2, 0x82]), BadText),
        new("a text that ends within a character, in pieces", [.. Of(Text, [0xe2]), .. Of(Fin | Continuation, [0x82])], BadText),
        new("a second piece that is no text", [.. Of(Text, "{"), .. Of(Fin | Continuation, [0xff])], BadText),
        new("a character that goes wrong in the second piece", [.. Of(Text, [0xe2, 0x82]), .. Of(Fin | Continuation, [0x41])], BadText),
        new("a character in two pieces", [.. Of(Text, [(byte)'"', 0xe2]), .. Of(Fin | Continuation, [0x82, 0xac, (byte)'"'])], null),
        new("a text of NUL", Of(Fin | Text, [0]), null),
    ];

    private static AbuseCase[] Fragments =>
    [
        new("a piece of nothing", Of(Continuation, "{}"), ProtocolError),
        new("a last piece of nothing", Of(Fin | Continuation, "{}"), ProtocolError),
        new("a piece behind a whole message", [.. Of(Fin | Text, "{}"), .. Of(Fin | Continuation, "{}")], ProtocolError),
        new("a text within a text", [.. Of(Text, "{"), .. Of(Fin | Text, "}")], ProtocolError),
        new("a binary message within a text", [.. Of(Text, "{"), .. Of(Fin | Binary, "}")], ProtocolError),
        new("a ping between pieces", [.. Of(Text, "{"), .. Of(Fin | Ping, "x"), .. Of(Fin | Continuation, "}")], null),
        new("a close between pieces", [.. Of(Text, "{"), .. CloseOf(Normal)], Normal),
        new("pieces of nothing without end", [.. Of(Text, ""), .. Enumerable.Repeat(Of(Continuation, ""), 50).SelectMany(frame => frame)], LiveCloseCodes.InvalidMessages),
        new("a binary message", Of(Fin | Binary, "{}"), LiveCloseCodes.InvalidMessages),
        new("an empty binary message", Of(Fin | Binary, ""), LiveCloseCodes.InvalidMessages),
        new("ten empty texts", [.. Enumerable.Repeat(Of(Fin | Text, ""), 10).SelectMany(frame => frame)], LiveCloseCodes.InvalidMessages),
    ];

    private static AbuseCase[] Lengths =>
    [
        new("five bytes with a length of two bytes", Of(Fin | Text, "hello"u8, lengthBytes: 2), null),
        new("five bytes with a length of eight bytes", Of(Fin | Text, "hello"u8, lengthBytes: 8), null),
        new("a length with the top bit", Of(Fin | Text, Much, lengthBytes: 8, length: 1UL << 63), ProtocolError),
        new("a length of all bits", Of(Fin | Text, Much, lengthBytes: 8, length: ulong.MaxValue), ProtocolError),
        new("the longest length", Of(Fin | Text, Much, lengthBytes: 8, length: long.MaxValue), LiveCloseCodes.MessageTooBig),
        new("a length of four gigabytes and five bytes", Of(Fin | Text, Much, lengthBytes: 8, length: (1UL << 32) + 5), LiveCloseCodes.MessageTooBig),
        new("a message that is too big", Of(Fin | Text, Much), LiveCloseCodes.MessageTooBig),
        new("a message that is too big by its second piece", [.. Of(Text, new byte[Limits.MaxSocketMessageBytes]), .. Of(Fin | Continuation, "x")], LiveCloseCodes.MessageTooBig),
        new("a message that is too big by pieces of a byte", [.. Of(Text, "{"), .. Enumerable.Repeat(Of(Continuation, " "), Limits.MaxSocketMessageBytes).SelectMany(frame => frame)], LiveCloseCodes.MessageTooBig),
        new("a header that breaks off", [Fin | Text], null) { BreaksOff = true },
        new("a length that breaks off", [Fin | Text, 0xfe, 1], null) { BreaksOff = true },
        new("a mask that breaks off", [Fin | Text, 0x85, 1, 2], null) { BreaksOff = true },
        new("a message that breaks off", Of(Fin | Text, "hello"u8)[..8], null) { BreaksOff = true },
        new("pieces that break off", Of(Text, "{"), null) { BreaksOff = true },
    ];

    private static IEnumerable<AbuseCase> Closes =>
    [
        new("a close of one byte", Of(Fin | Close, [3]), ProtocolError),
        .. new[] { 0, 999, 1004, NoCode, 1006, 1015, 2999, 5000, 65535 }.Select(code => new AbuseCase($"a close of the code {code}", CloseOf(code), ProtocolError)),
        .. new[] { Normal, 1001, 3000, 4999 }.Select(code => new AbuseCase($"a close of the code {code}, which there is", CloseOf(code), Normal)),
        new("a close without a code", Of(Fin | Close, ""), Normal),
        new("a close whose reason is no text", CloseOf(Normal, 0xff, 0xfe), ProtocolError),
        new("a close with the longest reason", CloseOf(Normal, [.. Enumerable.Repeat((byte)'x', 123)]), Normal),
        new("a text behind a close", [.. CloseOf(Normal), .. Of(Fin | Text, "{}")], Normal),
        new("a ping behind a close", [.. CloseOf(Normal), .. Of(Fin | Ping, "x")], Normal),
        new("a second close", [.. CloseOf(Normal), .. CloseOf(1001)], Normal),
        new("garbage behind a close", [.. CloseOf(Normal), .. Enumerable.Repeat((byte)0xff, 1_000)], Normal),
    ];
}
