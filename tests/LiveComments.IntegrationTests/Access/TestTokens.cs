using System.Text;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Auth;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LiveComments.IntegrationTests.Access;

/// <summary>Tokens as an issuer makes them, good and bad.</summary>
static class TestTokens
{
    public const string SigningKey = "a key for tests that nobody else has, long enough";

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    public static string Of(string userId, string role = Roles.User, TimeSpan? expiresIn = null, string audience = "livecomments", string? username = null, params (string Name, object Value)[] claims)
    {
        var now = TimeProvider.System.GetUtcNow();
        var all = new Dictionary<string, object> { [TokenClaims.Subject] = userId, [TokenClaims.Username] = username ?? userId, [TokenClaims.Role] = role };
        foreach (var (name, value) in claims)
            all[name] = value;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = "livecomments",
            Audience = audience,
            NotBefore = (now - Lifetime).UtcDateTime,
            IssuedAt = (now - Lifetime).UtcDateTime,
            Expires = (now + (expiresIn ?? Lifetime)).UtcDateTime,
            Claims = all,
            SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(SigningKey)), SecurityAlgorithms.HmacSha256),
        });
    }
}
