using System.Security.Cryptography;

namespace Microsoft.IdentityModel.Tokens;

/// <summary>RS256.</summary>
internal sealed class RsaSignature(RSA rsa) : Signature
{
    // RFC 7518, 3.3.
    private const int SmallestKeyBits = 2048;

    // Nothing promises that a key object may be used by two threads at once.
    private readonly Lock _lock = new();

    public override string? Algorithm => rsa.KeySize >= SmallestKeyBits ? SecurityAlgorithms.RsaSha256 : null;

    public override byte[] Sign(ReadOnlySpan<byte> data)
    {
        lock (_lock)
            return rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    public override bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        lock (_lock)
            return rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }
}
