using Microsoft.IdentityModel.Tokens;

namespace Microsoft.IdentityModel.JsonWebTokens;

/// <summary>Is the token, whoever signed it, for us and for now?</summary>
internal static class TokenClaims
{
    public static void ValidateLifetime(JsonWebToken token, TokenValidationParameters parameters)
    {
        var notBefore = token.Payload.Time(JwtRegisteredClaimNames.Nbf);
        var expires = token.Payload.Time(JwtRegisteredClaimNames.Exp);
        if (parameters.LifetimeValidator is { } validator)
        {
            if (!validator(notBefore, expires, token, parameters))
                throw new SecurityTokenInvalidLifetimeException("The token's lifetime is not allowed.") { NotBefore = notBefore, Expires = expires };
            return;
        }

        if (!parameters.ValidateLifetime)
            return;
        if (expires is null && parameters.RequireExpirationTime)
            throw new SecurityTokenNoExpirationException("The token never expires.");
        if (notBefore > expires)
            throw new SecurityTokenInvalidLifetimeException("The token ends before it begins.") { NotBefore = notBefore, Expires = expires };
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        if (notBefore is { } from && from > now + parameters.ClockSkew)
            throw new SecurityTokenNotYetValidException($"The token begins at {from:u}.") { NotBefore = from };
        if (expires is { } to && to < now - parameters.ClockSkew)
            throw new SecurityTokenExpiredException($"The token ended at {to:u}.") { Expires = to };
    }

    public static void ValidateAudience(JsonWebToken token, TokenValidationParameters parameters)
    {
        string[] audiences = [.. token.Audiences];
        var said = audiences.Length == 0 ? null : string.Join(", ", audiences);
        if (parameters.AudienceValidator is { } validator)
        {
            if (!validator(audiences, token, parameters))
                throw new SecurityTokenInvalidAudienceException("The token is for others.") { InvalidAudience = said };
            return;
        }

        if (!parameters.ValidateAudience || audiences.Length == 0 && !parameters.RequireAudience)
            return;
        string[] valid =
        [
            .. parameters.ValidAudiences?.Where(audience => !string.IsNullOrWhiteSpace(audience)) ?? [],
            .. string.IsNullOrWhiteSpace(parameters.ValidAudience) ? Array.Empty<string>() : [parameters.ValidAudience],
        ];
        if (!audiences.Any(audience => !string.IsNullOrWhiteSpace(audience) && valid.Any(wanted => Same(audience, wanted))))
            throw new SecurityTokenInvalidAudienceException("The token is for others.") { InvalidAudience = said };

        bool Same(string audience, string wanted) => string.Equals(audience, wanted, StringComparison.Ordinal)
            || parameters.IgnoreTrailingSlashWhenValidatingAudience && string.Equals(OneSlashLess(audience), OneSlashLess(wanted), StringComparison.Ordinal);
    }

    public static string ValidateIssuer(JsonWebToken token, TokenValidationParameters parameters, BaseConfiguration? configuration)
    {
        var issuer = token.Issuer;
        if (parameters.IssuerValidator is { } validator)
            return validator(issuer, token, parameters) ?? issuer;
        if (!parameters.ValidateIssuer)
            return issuer;
        if (!string.IsNullOrWhiteSpace(issuer)
            && (string.Equals(issuer, configuration?.Issuer, StringComparison.Ordinal)
                || string.Equals(issuer, parameters.ValidIssuer, StringComparison.Ordinal)
                || parameters.ValidIssuers?.Contains(issuer, StringComparer.Ordinal) == true))
        {
            return issuer;
        }

        throw new SecurityTokenInvalidIssuerException("The token's issuer is not trusted.") { InvalidIssuer = issuer.Length == 0 ? null : issuer };
    }

    public static string ValidateType(JsonWebToken token, TokenValidationParameters parameters)
    {
        var type = token.Typ;
        if (parameters.TypeValidator is { } validator)
            return validator(type, token, parameters);
        if (parameters.ValidTypes?.ToArray() is { Length: > 0 } valid && !valid.Contains(type, StringComparer.Ordinal))
            throw new SecurityTokenInvalidTypeException($"The token's type '{type}' is not allowed.") { InvalidType = type };
        return type;
    }

    private static string OneSlashLess(string audience) => audience.EndsWith('/') ? audience[..^1] : audience;
}
