using Microsoft.IdentityModel.Tokens;

namespace Microsoft.IdentityModel.JsonWebTokens;

/// <summary>Is the token signed by a key that is trusted?</summary>
internal static class TokenSignature
{
    // Each key that is tried costs a computation that the token's sender does not pay for.
    private const int MostKeysTried = 100;

    private static readonly string[] Algorithms = [SecurityAlgorithms.HmacSha256, SecurityAlgorithms.RsaSha256, SecurityAlgorithms.EcdsaSha256];

    public static void Validate(JsonWebToken token, TokenValidationParameters parameters, BaseConfiguration? configuration)
    {
        // An extension that must be understood, and none is.
        if (token.Header.Has("crit"))
            throw new SecurityTokenInvalidSignatureException("The token's header has critical extensions ('crit'), which are not known here.");
        if (!token.IsSigned)
        {
            if (parameters.RequireSignedTokens || token.Alg != SecurityAlgorithms.None)
                throw new SecurityTokenInvalidSignatureException("The token has no signature.");
            return;
        }

        var allowed = parameters.ValidAlgorithms?.ToArray() is { Length: > 0 } named ? named : Algorithms;
        if (!Algorithms.Contains(token.Alg, StringComparer.Ordinal) || !allowed.Contains(token.Alg, StringComparer.Ordinal))
            throw new SecurityTokenInvalidSignatureException($"The algorithm '{token.Alg}' is not allowed.", new SecurityTokenInvalidAlgorithmException { InvalidAlgorithm = token.Alg });

        var (candidates, known) = Candidates(token, parameters, configuration);
        var data = token.SignedBytes;
        foreach (var key in candidates.Take(MostKeysTried))
        {
            // The key's own kind decides: a public RSA key is never taken for a secret.
            if (key.Signature.Algorithm != token.Alg)
                continue;
            if (parameters.AlgorithmValidator is { } validator && !validator(token.Alg, key, token, parameters))
                continue;
            if (key.Signature.Verify(data, token.Signature))
            {
                token.SigningKey = key;
                return;
            }
        }

        throw known
            ? new SecurityTokenInvalidSignatureException("The signature does not fit the token.")
            : new SecurityTokenSignatureKeyNotFoundException($"No known key made the signature (key id '{token.Kid}').");
    }

    public static void ValidateSigningKey(JsonWebToken token, TokenValidationParameters parameters)
    {
        if (parameters.IssuerSigningKeyValidator is { } validator)
        {
            if (!validator(token.SigningKey, token, parameters))
                throw new SecurityTokenInvalidSigningKeyException("The signing key is not allowed.") { SigningKey = token.SigningKey };
        }
        else if (parameters.ValidateIssuerSigningKey && token.SigningKey is null)
        {
            throw new SecurityTokenInvalidSigningKeyException("The token has no signing key.");
        }
    }

    /// <summary>The keys to try, and whether one of them has the token's key id.</summary>
    private static (IEnumerable<SecurityKey> Keys, bool Known) Candidates(JsonWebToken token, TokenValidationParameters parameters, BaseConfiguration? configuration)
    {
        if (parameters.IssuerSigningKeyResolver is { } resolver)
        {
            SecurityKey[] resolved = [.. resolver(token.EncodedToken, token, token.Kid, parameters) ?? []];
            return (resolved, resolved.Length > 0);
        }

        SecurityKey[] all =
        [
            .. configuration?.SigningKeys ?? [],
            .. parameters.IssuerSigningKey is { } one ? [one] : Array.Empty<SecurityKey>(),
            .. parameters.IssuerSigningKeys?.Where(key => key is not null) ?? [],
        ];
        if (token.Kid.Length > 0)
        {
            SecurityKey[] named = [.. all.Where(key => string.Equals(key.KeyId, token.Kid, StringComparison.Ordinal))];
            if (named.Length > 0)
                return (named, true);
            return (parameters.TryAllIssuerSigningKeys ? all : [], false);
        }

        return (all, all.Length > 0);
    }
}
