#nullable disable
namespace Microsoft.IdentityModel.Tokens;

/// <summary>The token is not to be trusted.</summary>
public class SecurityTokenValidationException : SecurityTokenException
{
    public SecurityTokenValidationException() { }

    public SecurityTokenValidationException(string message) : base(message) { }

    public SecurityTokenValidationException(string message, Exception innerException) : base(message, innerException) { }
}
