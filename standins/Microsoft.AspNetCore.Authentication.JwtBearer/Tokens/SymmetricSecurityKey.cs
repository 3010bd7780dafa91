#nullable disable
namespace Microsoft.IdentityModel.Tokens;

/// <summary>A secret that both sides share.</summary>
public class SymmetricSecurityKey : SecurityKey
{
    private readonly byte[] _key;

    public SymmetricSecurityKey(byte[] key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (key.Length == 0)
            throw new ArgumentException("The key is empty.", nameof(key));
        _key = [.. key];
    }

    public override int KeySize => _key.Length * 8;

    public virtual byte[] Key => [.. _key];

    private protected override Signature CreateSignature() => new HmacSignature(_key);
}
