#nullable disable
namespace Microsoft.IdentityModel.Tokens;

/// <summary>The key of the signature is not allowed.</summary>
public class SecurityTokenInvalidSigningKeyException : SecurityTokenValidationException
{
    public SecurityTokenInvalidSigningKeyException() { }

    public SecurityTokenInvalidSigningKeyException(string message) : base(message) { }

    public SecurityTokenInvalidSigningKeyException(string message, Exception inner) : base(message, inner) { }

    public SecurityKey SigningKey { get; set; }
}
