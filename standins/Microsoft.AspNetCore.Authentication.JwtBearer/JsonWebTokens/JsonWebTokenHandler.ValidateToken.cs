#nullable disable
using Microsoft.IdentityModel.Tokens;

namespace Microsoft.IdentityModel.JsonWebTokens;

/// <remarks>
/// 1. Read: three parts, strict base64url, JSON objects that say each name once.
/// 2. Signature: an allowed algorithm, a trusted key whose own kind is that algorithm. When no key fits, the issuer's keys
///    are fetched anew, as seldom as the configuration manager allows, and tried once more.
/// 3. Lifetime, audience, issuer, type, signing key.
/// 4. Identity.
/// </remarks>
public partial class JsonWebTokenHandler
{
    public override async Task<TokenValidationResult> ValidateTokenAsync(string token, TokenValidationParameters validationParameters)
    {
        try
        {
            ArgumentException.ThrowIfNullOrEmpty(token);
            return await ValidateTokenAsync(ReadJsonWebToken(token), validationParameters).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return Failed(exception);
        }
    }

    public override async Task<TokenValidationResult> ValidateTokenAsync(SecurityToken token, TokenValidationParameters validationParameters)
    {
        if (token is not JsonWebToken jwt)
            return Failed(new ArgumentException($"The token is no {nameof(JsonWebToken)}.", nameof(token)));
        if (validationParameters is null)
            return Failed(new ArgumentNullException(nameof(validationParameters)));
        try
        {
            var manager = validationParameters.ConfigurationManager;
            var configuration = await GetConfigurationAsync(manager).ConfigureAwait(false);
            try
            {
                return Validate(jwt, validationParameters, configuration);
            }
            catch (Exception exception) when (configuration is not null && exception is SecurityTokenSignatureKeyNotFoundException or SecurityTokenInvalidIssuerException)
            {
                // The issuer may have changed its keys or its name since.
                manager.RequestRefresh();
                var fresh = await GetConfigurationAsync(manager).ConfigureAwait(false);
                if (fresh is null || ReferenceEquals(fresh, configuration))
                    throw;
                return Validate(jwt, validationParameters, fresh);
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Whatever goes wrong in checking, a validator's own fault included: not trusted.
            return Failed(exception, jwt);
        }
    }

    private static async Task<BaseConfiguration> GetConfigurationAsync(BaseConfigurationManager manager)
    {
        if (manager is null)
            return null;
        try
        {
            return await manager.GetBaseConfigurationAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException or HttpRequestException or OperationCanceledException)
        {
            // Keys that are named by hand still count; a token of an unreachable issuer finds no key and fails by that.
            return null;
        }
    }

    private static TokenValidationResult Failed(Exception exception, JsonWebToken token = null) =>
        new() { Exception = exception, IsValid = false, SecurityToken = token };

    private TokenValidationResult Validate(JsonWebToken token, TokenValidationParameters parameters, BaseConfiguration configuration)
    {
        TokenSignature.Validate(token, parameters, configuration);
        TokenClaims.ValidateLifetime(token, parameters);
        TokenClaims.ValidateAudience(token, parameters);
        var issuer = TokenClaims.ValidateIssuer(token, parameters, configuration);
        var type = TokenClaims.ValidateType(token, parameters);
        TokenSignature.ValidateSigningKey(token, parameters);
        return new TokenValidationResult
        {
            ClaimsIdentity = CreateClaimsIdentity(token, parameters, issuer),
            IsValid = true,
            Issuer = issuer,
            SecurityToken = token,
            TokenType = type,
        };
    }
}
