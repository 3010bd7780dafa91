using LiveComments.ServiceDefaults.Auth;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LiveComments.Fanout.Api;

/// <summary>
/// By what this service may read from Api where nobody may without a token: one that it signs itself, with the key that the
/// services share. Where an authority signs tokens there is none.
/// </summary>
sealed class ServiceToken(IOptions<AuthOptions> options, TimeProvider clock)
{
    // Who sees one can do nothing with it a little later.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    // A request that is underway must not find it expired.
    private static readonly TimeSpan LeastLeft = TimeSpan.FromMinutes(1);

    private const string Name = "service-fanout";

    private volatile Signed? _last;

    /// <summary>Null when none is needed, or none can be had.</summary>
    public string? Current()
    {
        if (options.Value.AnonymousReads || options.Value.SigningKey is null)
            return null;
        var now = clock.GetUtcNow();
        var last = _last;
        if (last is null || last.ExpiresAt - now < LeastLeft)
            _last = last = Sign(now);
        return last.Text;
    }

    private Signed Sign(DateTimeOffset now)
    {
        var expiresAt = now + Lifetime;
        var text = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = options.Value.Issuer,
            Audience = options.Value.Audience,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = expiresAt.UtcDateTime,
            Claims = new Dictionary<string, object> { [TokenClaims.Subject] = Name },
            SigningCredentials = new SigningCredentials(Authentication.SigningKey(options.Value), SecurityAlgorithms.HmacSha256),
        });
        return new Signed(text, expiresAt);
    }

    private sealed record Signed(string Text, DateTimeOffset ExpiresAt);
}
