#nullable disable
using System.Security.Claims;

namespace Microsoft.IdentityModel.Tokens;

/// <summary>What a token shall say. Where several say the same thing, the named property wins over <see cref="Claims"/>, and that over <see cref="Subject"/>.</summary>
public class SecurityTokenDescriptor
{
    private List<string> _audiences;

    public string Audience { get; set; }

    public IList<string> Audiences => _audiences ??= [];

    public DateTime? Expires { get; set; }

    public string Issuer { get; set; }

    public DateTime? IssuedAt { get; set; }

    public DateTime? NotBefore { get; set; }

    /// <summary>The header's <c>typ</c>; <c>JWT</c> when not said.</summary>
    public string TokenType { get; set; }

    public IDictionary<string, object> Claims { get; set; }

    public IDictionary<string, object> AdditionalHeaderClaims { get; set; }

    public SigningCredentials SigningCredentials { get; set; }

    public ClaimsIdentity Subject { get; set; }
}
