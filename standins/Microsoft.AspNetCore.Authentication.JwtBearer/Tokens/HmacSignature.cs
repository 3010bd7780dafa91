using System.Security.Cryptography;

namespace Microsoft.IdentityModel.Tokens;

/// <summary>HS256.</summary>
internal sealed class HmacSignature(byte[] key) : Signature
{
    // RFC 7518, 3.2: as long as the hash at least; a shorter secret is easier to guess than the hash.
    private const int ShortestKeyBytes = 32;

    public override string? Algorithm => key.Length >= ShortestKeyBytes ? SecurityAlgorithms.HmacSha256 : null;

    public override byte[] Sign(ReadOnlySpan<byte> data) => HMACSHA256.HashData(key, data);

    public override bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, data, expected);
        return CryptographicOperations.FixedTimeEquals(expected, signature);
    }
}
