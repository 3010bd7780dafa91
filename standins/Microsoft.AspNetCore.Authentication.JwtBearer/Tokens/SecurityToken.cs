#nullable disable
namespace Microsoft.IdentityModel.Tokens;

public abstract class SecurityToken
{
    public abstract string Id { get; }

    public abstract string Issuer { get; }

    public abstract SecurityKey SecurityKey { get; }

    /// <summary>The key that the signature was checked with; null before that.</summary>
    public abstract SecurityKey SigningKey { get; set; }

    /// <summary>UTC; the least value when the token does not say.</summary>
    public abstract DateTime ValidFrom { get; }

    /// <summary>UTC; the least value when the token does not say.</summary>
    public abstract DateTime ValidTo { get; }
}
