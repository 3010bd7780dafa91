#nullable disable
namespace Microsoft.IdentityModel.Tokens;

/// <summary>The token never ends, which is not allowed.</summary>
public class SecurityTokenNoExpirationException : SecurityTokenValidationException
{
    public SecurityTokenNoExpirationException() { }

    public SecurityTokenNoExpirationException(string message) : base(message) { }

    public SecurityTokenNoExpirationException(string message, Exception innerException) : base(message, innerException) { }
}
