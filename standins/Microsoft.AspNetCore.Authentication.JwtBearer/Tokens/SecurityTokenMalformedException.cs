#nullable disable
namespace Microsoft.IdentityModel.Tokens;

/// <summary>The text is no token.</summary>
public class SecurityTokenMalformedException : SecurityTokenArgumentException
{
    public SecurityTokenMalformedException() { }

    public SecurityTokenMalformedException(string message) : base(message) { }

    public SecurityTokenMalformedException(string message, Exception innerException) : base(message, innerException) { }
}
