#nullable disable
namespace Microsoft.IdentityModel.JsonWebTokens;

public static class JwtConstants
{
    public const string HeaderType = "JWT";
}
