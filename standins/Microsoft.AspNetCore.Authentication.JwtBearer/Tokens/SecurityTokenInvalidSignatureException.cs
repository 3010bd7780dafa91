#nullable disable
namespace Microsoft.IdentityModel.Tokens;

/// <summary>The signature does not fit.</summary>
public class SecurityTokenInvalidSignatureException : SecurityTokenValidationException
{
    public SecurityTokenInvalidSignatureException() { }

    public SecurityTokenInvalidSignatureException(string message) : base(message) { }

    public SecurityTokenInvalidSignatureException(string message, Exception innerException) : base(message, innerException) { }
}
