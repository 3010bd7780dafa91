#nullable disable
namespace Microsoft.IdentityModel.Tokens;

/// <summary>The token is from somebody who is not trusted.</summary>
public class SecurityTokenInvalidIssuerException : SecurityTokenValidationException
{
    public SecurityTokenInvalidIssuerException() { }

    public SecurityTokenInvalidIssuerException(string message) : base(message) { }

    public SecurityTokenInvalidIssuerException(string message, Exception innerException) : base(message, innerException) { }

    public string InvalidIssuer { get; set; }
}
