#nullable disable
namespace Microsoft.IdentityModel.Tokens;

/// <summary>The token has not begun.</summary>
public class SecurityTokenNotYetValidException : SecurityTokenValidationException
{
    public SecurityTokenNotYetValidException() { }

    public SecurityTokenNotYetValidException(string message) : base(message) { }

    public SecurityTokenNotYetValidException(string message, Exception inner) : base(message, inner) { }

    public DateTime NotBefore { get; set; }
}
