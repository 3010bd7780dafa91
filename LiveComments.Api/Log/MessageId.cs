using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LiveComments.Api.Log;

/// <summary>The <c>Nats-Msg-Id</c> by which the log recognises a retry.</summary>
static class MessageId
{
    // 128 bits: no two acts of a day share one by chance.
    private const int Bytes = 16;

    // Of a comment's text at its longest; more than this goes through an array.
    private const int MaxStackBytes = 2048;

    /// <summary>A hash of what makes the act this one. The parts are told apart by their lengths, so "a"+"bc" is not "ab"+"c".</summary>
    public static string Of(params ReadOnlySpan<string> parts)
    {
        var length = 0;
        foreach (var part in parts)
            length += sizeof(int) + Encoding.UTF8.GetByteCount(part);
        var bytes = length <= MaxStackBytes ? stackalloc byte[length] : new byte[length];
        var rest = bytes;
        foreach (var part in parts)
        {
            var written = Encoding.UTF8.GetBytes(part, rest[sizeof(int)..]);
            BinaryPrimitives.WriteInt32LittleEndian(rest, written);
            rest = rest[(sizeof(int) + written)..];
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return Convert.ToHexStringLower(hash[..Bytes]);
    }
}
