#nullable disable
namespace Microsoft.IdentityModel.Tokens;

/// <summary>The token is of a kind that is not allowed.</summary>
public class SecurityTokenInvalidTypeException : SecurityTokenValidationException
{
    public SecurityTokenInvalidTypeException() { }

    public SecurityTokenInvalidTypeException(string message) : base(message) { }

    public SecurityTokenInvalidTypeException(string message, Exception innerException) : base(message, innerException) { }

    public string InvalidType { get; set; }
}
