#nullable disable
namespace Microsoft.IdentityModel.Tokens;

/// <summary>No known key made the signature.</summary>
public class SecurityTokenSignatureKeyNotFoundException : SecurityTokenInvalidSignatureException
{
    public SecurityTokenSignatureKeyNotFoundException() { }

    public SecurityTokenSignatureKeyNotFoundException(string message) : base(message) { }

    public SecurityTokenSignatureKeyNotFoundException(string message, Exception innerException) : base(message, innerException) { }
}
