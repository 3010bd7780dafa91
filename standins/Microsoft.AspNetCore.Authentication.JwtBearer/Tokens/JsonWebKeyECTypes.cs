#nullable disable
namespace Microsoft.IdentityModel.Tokens;

public static class JsonWebKeyECTypes
{
    public const string P256 = "P-256";
    public const string P384 = "P-384";
    public const string P521 = "P-521";
}
