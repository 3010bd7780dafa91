using System.Buffers.Binary;

namespace LiveComments.Api.Comments;

/// <summary>When an idempotency key was made, if it says so: a UUID of version 7 (RFC 9562) begins with that moment, in Unix milliseconds.</summary>
static class KeyMoment
{
    private const int Version = 7;

    // RFC 9562, 4.1: the variant's two highest bits are 10.
    private const int FirstVariant = 0x8;
    private const int LastVariant = 0xB;

    // 48 bits hold more than the calendar.
    private static readonly long Latest = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    /// <summary>By the clock of whoever made it; null when the key is anything else.</summary>
    public static DateTimeOffset? Of(string key)
    {
        if (!Guid.TryParseExact(key, "D", out var uuid) || uuid.Version != Version || uuid.Variant is < FirstVariant or > LastVariant)
            return null;
        Span<byte> bytes = stackalloc byte[16];
        uuid.TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = (long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16);
        return milliseconds <= Latest ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
    }
}
