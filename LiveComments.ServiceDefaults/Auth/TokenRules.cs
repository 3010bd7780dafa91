using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;

namespace LiveComments.ServiceDefaults.Auth;

/// <summary>What a token must be beyond being signed, for us and in time. A hot path: every post passes here.</summary>
static class TokenRules
{
    // RFC 6750, section 3.1.
    private const string InvalidToken = "invalid_token";

    // RFC 7515, section 4.1.11: extensions that whoever doesn't understand them must not overlook. We understand none.
    private const string Critical = "crit";

    // An issuer's headers are all alike, so the last good one is mostly the next one, too.
    private static volatile string _lastGoodHeader = "";

    public static Task ApplyAsync(TokenValidatedContext context)
    {
        if (context.SecurityToken is not JsonWebToken token || !IsUnderstood(token.EncodedHeader))
            context.Fail("The token's header says that it can't be understood without something that is not known here.");
        else if (context.Principal is not { } principal || !principal.NamesSomebody())
            context.Fail("The token names nobody.");
        return Task.CompletedTask;
    }

    /// <summary>A token was sent, and was no good: that, and no more.</summary>
    public static Task ChallengeAsync(JwtBearerChallengeContext context)
    {
        if (context.AuthenticateFailure is not null)
            context.Error = InvalidToken;
        return Task.CompletedTask;
    }

    private static bool IsUnderstood(string encodedHeader)
    {
        if (encodedHeader == _lastGoodHeader)
            return true;
        if (!Base64Url.IsValid(encodedHeader))
            return false;
        try
        {
            using var header = JsonDocument.Parse(Base64Url.DecodeFromUtf8(Encoding.ASCII.GetBytes(encodedHeader)));
            if (header.RootElement.ValueKind != JsonValueKind.Object || header.RootElement.TryGetProperty(Critical, out _))
                return false;
        }
        catch (JsonException)
        {
            return false;
        }

        _lastGoodHeader = encodedHeader;
        return true;
    }
}
