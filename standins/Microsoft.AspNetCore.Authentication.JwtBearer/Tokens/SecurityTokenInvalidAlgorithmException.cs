#nullable disable
namespace Microsoft.IdentityModel.Tokens;

/// <summary>The token is signed in a way that is not allowed.</summary>
public class SecurityTokenInvalidAlgorithmException : SecurityTokenValidationException
{
    public SecurityTokenInvalidAlgorithmException() { }

    public SecurityTokenInvalidAlgorithmException(string message) : base(message) { }

    public SecurityTokenInvalidAlgorithmException(string message, Exception innerException) : base(message, innerException) { }

    public string InvalidAlgorithm { get; set; }
}
