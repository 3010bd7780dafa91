#nullable disable
namespace Microsoft.IdentityModel.JsonWebTokens;

public struct JwtHeaderParameterNames
{
    public const string Alg = "alg";
    public const string Cty = "cty";
    public const string Kid = "kid";
    public const string Typ = "typ";
    public const string X5t = "x5t";
}
