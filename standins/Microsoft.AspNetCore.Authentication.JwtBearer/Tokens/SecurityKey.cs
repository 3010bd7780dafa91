#nullable disable
namespace Microsoft.IdentityModel.Tokens;

/// <summary>A key that signs tokens or checks signatures.</summary>
public abstract class SecurityKey
{
    private string _keyId;
    private Signature _signature;

    /// <summary>In bits.</summary>
    public abstract int KeySize { get; }

    public virtual string KeyId
    {
        get => _keyId;
        set => _keyId = value;
    }

    public virtual bool IsSupportedAlgorithm(string algorithm) => Signature?.Algorithm == algorithm;

    public override string ToString() => $"{GetType()}, KeyId: '{KeyId}'.";

    /// <summary>What this key can do; null when it is no key for a signature that is done here.</summary>
    internal Signature Signature => Volatile.Read(ref _signature) ?? Keep(CreateSignature());

    private protected abstract Signature CreateSignature();

    // Two threads may make one each; both work, and one is kept.
    private Signature Keep(Signature signature) => Interlocked.CompareExchange(ref _signature, signature, null) ?? signature;
}
