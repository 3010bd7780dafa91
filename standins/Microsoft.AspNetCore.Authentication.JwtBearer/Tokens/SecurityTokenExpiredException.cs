#nullable disable
namespace Microsoft.IdentityModel.Tokens;

/// <summary>The token is over.</summary>
public class SecurityTokenExpiredException : SecurityTokenValidationException
{
    public SecurityTokenExpiredException() { }

    public SecurityTokenExpiredException(string message) : base(message) { }

    public SecurityTokenExpiredException(string message, Exception inner) : base(message, inner) { }

    public DateTime Expires { get; set; }
}
