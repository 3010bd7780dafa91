using System.Globalization;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace Microsoft.AspNetCore.Authentication.JwtBearer;

/// <summary>The words of a refusal (RFC 6750, section 3).</summary>
internal static class JwtBearerChallenge
{
    public static string HeaderValue(string challenge, JwtBearerChallengeContext context)
    {
        var header = new StringBuilder(challenge);
        // A challenge that has parameters of its own, such as a realm, goes on with a comma.
        var separator = challenge.IndexOf(' ', StringComparison.Ordinal) > 0 ? "," : "";
        Append("error", context.Error);
        Append("error_description", context.ErrorDescription);
        Append("error_uri", context.ErrorUri);
        return header.ToString();

        void Append(string name, string? value)
        {
            if (string.IsNullOrEmpty(value))
                return;
            header.Append(separator).Append(' ').Append(name).Append("=\"").Append(value).Append('"');
            separator = ",";
        }
    }

    public static string Describe(Exception failure)
    {
        IEnumerable<Exception> failures = failure is AggregateException several ? several.InnerExceptions : [failure];
        return string.Join("; ", failures.Select(DescribeOne).Where(words => words is not null));
    }

    // The more special types first.
    private static string? DescribeOne(Exception failure) => failure switch
    {
        SecurityTokenInvalidAudienceException audience => $"The audience '{Quoted(audience.InvalidAudience)}' is invalid",
        SecurityTokenInvalidIssuerException issuer => $"The issuer '{Quoted(issuer.InvalidIssuer)}' is invalid",
        SecurityTokenNoExpirationException => "The token has no expiration",
        SecurityTokenInvalidLifetimeException lifetime => $"The token lifetime is invalid; NotBefore: '{Time(lifetime.NotBefore)}', Expires: '{Time(lifetime.Expires)}'",
        SecurityTokenNotYetValidException early => $"The token is not valid before '{Time(early.NotBefore)}'",
        SecurityTokenExpiredException late => $"The token expired at '{Time(late.Expires)}'",
        SecurityTokenSignatureKeyNotFoundException => "The signature key was not found",
        SecurityTokenInvalidSignatureException => "The signature is invalid",
        _ => null,
    };

    private static string Time(DateTime? time) => time?.ToString(CultureInfo.InvariantCulture) ?? "(null)";

    // From the token, so from anybody: it must neither end the quotes nor be refused as a header.
    private static string Quoted(string? text) =>
        text is null ? "(null)" : string.Concat(text.Select(c => c is >= ' ' and <= '~' and not '"' and not '\\' ? c : '?'));
}
