#nullable disable
using System.Security.Claims;

namespace Microsoft.IdentityModel.Tokens;

/// <summary>What came of checking a token. Nothing in it is to be trusted unless <see cref="IsValid"/>.</summary>
public class TokenValidationResult
{
    private Dictionary<string, object> _claims;

    /// <summary>The identity's claims by type; several of one type are a list.</summary>
    public IDictionary<string, object> Claims => _claims ??= Collect(ClaimsIdentity);

    public ClaimsIdentity ClaimsIdentity { get; set; }

    public Exception Exception { get; set; }

    public string Issuer { get; set; }

    public bool IsValid { get; set; }

    public SecurityToken SecurityToken { get; set; }

    public string TokenType { get; set; }

    private static Dictionary<string, object> Collect(ClaimsIdentity identity)
    {
        var claims = new Dictionary<string, object>();
        foreach (var claim in identity?.Claims ?? [])
        {
            if (!claims.TryGetValue(claim.Type, out var known))
                claims[claim.Type] = claim.Value;
            else if (known is List<object> list)
                list.Add(claim.Value);
            else
                claims[claim.Type] = new List<object> { known, claim.Value };
        }

        return claims;
    }
}
