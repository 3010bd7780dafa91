using System.Buffers.Binary;
using System.Text;

namespace LiveComments.IntegrationTests.Attacks.Sockets;

/// <summary>Frames of RFC 6455, right and wrong, as a client would send them.</summary>
static class SocketFrame
{
    public const byte Fin = 0x80;
    public const byte Continuation = 0;
    public const byte Text = 1;
    public const byte Binary = 2;
    public const byte Close = 8;
    public const byte Ping = 9;
    public const byte Pong = 10;

    private const byte Masked = 0x80;

    // Any will do; this one changes every byte.
    private static readonly byte[] Mask = [0x37, 0xfa, 0x21, 0x3d];

    /// <param name="first">Flags and opcode.</param>
    /// <param name="payload">As it is meant.</param>
    /// <param name="masked">As a client's must be.</param>
    /// <param name="lengthBytes">In how many bytes the length is said: 0, 2 or 8 more; by itself the fewest.</param>
    /// <param name="length">Another length than the payload's.</param>
    public static byte[] Of(byte first, ReadOnlySpan<byte> payload, bool masked = true, int? lengthBytes = null, ulong? length = null)
    {
        var said = length ?? (ulong)payload.Length;
        var extra = lengthBytes ?? (said < 126 ? 0 : said <= ushort.MaxValue ? 2 : 8);
        var frame = new List<byte> { first, (byte)((masked ? Masked : 0) | (extra switch { 0 => (int)said, 2 => 126, _ => 127 })) };
        var number = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(number, said);
        frame.AddRange(number.AsSpan(8 - extra));
        if (masked)
            frame.AddRange(Mask);
        for (var index = 0; index < payload.Length; index++)
            frame.Add(masked ? (byte)(payload[index] ^ Mask[index % 4]) : payload[index]);
        return [.. frame];
    }

    public static byte[] Of(byte first, string text) => Of(first, Encoding.UTF8.GetBytes(text));

    /// <param name="code">Any number.</param>
    /// <param name="reason">Any bytes.</param>
    public static byte[] CloseOf(int code, params byte[] reason) => Of(Fin | Close, [(byte)(code >> 8), (byte)code, .. reason]);
}
