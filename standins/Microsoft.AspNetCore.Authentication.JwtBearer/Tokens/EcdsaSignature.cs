using System.Security.Cryptography;

namespace Microsoft.IdentityModel.Tokens;

/// <summary>ES256: the curve P-256 and no other, the signature as two numbers of 32 bytes.</summary>
internal sealed class EcdsaSignature(ECDsa ecdsa) : Signature
{
    private const int SignatureBytes = 64;

    // Nothing promises that a key object may be used by two threads at once.
    private readonly Lock _lock = new();

    public override string? Algorithm { get; } = IsP256(ecdsa) ? SecurityAlgorithms.EcdsaSha256 : null;

    public override byte[] Sign(ReadOnlySpan<byte> data)
    {
        lock (_lock)
            return ecdsa.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    public override bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureBytes)
            return false;
        lock (_lock)
            return ecdsa.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private static bool IsP256(ECDsa ecdsa) =>
        ecdsa.KeySize == 256 && ecdsa.ExportParameters(includePrivateParameters: false).Curve is { IsNamed: true } curve
        && (curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value || curve.Oid.FriendlyName is "nistP256" or "ECDSA_P256");
}
