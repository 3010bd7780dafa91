#nullable disable
namespace Microsoft.IdentityModel.Tokens;

/// <summary>What an issuer says about itself.</summary>
public abstract class BaseConfiguration
{
    public virtual string Issuer { get; set; }

    public virtual ICollection<SecurityKey> SigningKeys { get; } = [];

    public virtual string TokenEndpoint { get; set; }
}
