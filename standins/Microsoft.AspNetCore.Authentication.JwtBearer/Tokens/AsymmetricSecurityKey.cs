#nullable disable
namespace Microsoft.IdentityModel.Tokens;

public abstract class AsymmetricSecurityKey : SecurityKey
{
    public abstract PrivateKeyStatus PrivateKeyStatus { get; }
}
