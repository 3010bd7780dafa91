#nullable disable
namespace Microsoft.IdentityModel.Tokens;

/// <summary>A token given as an argument is wrong.</summary>
public class SecurityTokenArgumentException : ArgumentException
{
    public SecurityTokenArgumentException() { }

    public SecurityTokenArgumentException(string message) : base(message) { }

    public SecurityTokenArgumentException(string message, Exception innerException) : base(message, innerException) { }
}
