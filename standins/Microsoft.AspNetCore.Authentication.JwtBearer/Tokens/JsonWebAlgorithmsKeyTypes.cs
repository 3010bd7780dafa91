#nullable disable
namespace Microsoft.IdentityModel.Tokens;

public static class JsonWebAlgorithmsKeyTypes
{
    public const string EllipticCurve = "EC";
    public const string RSA = "RSA";
    public const string Octet = "oct";
}
