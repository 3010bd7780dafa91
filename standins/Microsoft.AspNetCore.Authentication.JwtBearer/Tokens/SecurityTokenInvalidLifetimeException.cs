#nullable disable
namespace Microsoft.IdentityModel.Tokens;

/// <summary>The token ends before it begins.</summary>
public class SecurityTokenInvalidLifetimeException : SecurityTokenValidationException
{
    public SecurityTokenInvalidLifetimeException() { }

    public SecurityTokenInvalidLifetimeException(string message) : base(message) { }

    public SecurityTokenInvalidLifetimeException(string message, Exception innerException) : base(message, innerException) { }

    public DateTime? NotBefore { get; set; }

    public DateTime? Expires { get; set; }
}
