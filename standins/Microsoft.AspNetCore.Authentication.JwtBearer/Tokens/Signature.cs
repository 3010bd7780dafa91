namespace Microsoft.IdentityModel.Tokens;

/// <summary>Makes and checks signatures of exactly one algorithm: the one of the key's own kind, whatever a token's header says.</summary>
internal abstract class Signature
{
    /// <summary>The name of the algorithm; null when the key is too weak or of the wrong sort for it.</summary>
    public abstract string? Algorithm { get; }

    public abstract byte[] Sign(ReadOnlySpan<byte> data);

    public abstract bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);
}
