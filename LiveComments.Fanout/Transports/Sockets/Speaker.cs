using System.Globalization;
using System.Security.Claims;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Auth;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace LiveComments.Fanout.Transports.Sockets;

/// <summary>Who speaks on a WebSocket.</summary>
/// <param name="User">As the token says.</param>
/// <param name="Bearer">The token itself, which goes to Api with every post; null when the user came in by other means than a token.</param>
/// <param name="ExpiresAt">When the token's time is over.</param>
sealed record Speaker(User User, string? Bearer, DateTimeOffset? ExpiresAt)
{
    private const string ExpiryClaim = "exp";
    private const string Scheme = "Bearer ";

    /// <summary>Null when the request came without a valid token.</summary>
    public static Speaker? From(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        return From(context.User, authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? authorization[Scheme.Length..].Trim() : null);
    }

    /// <summary>Reads a token that came in a message, by the very rules by which the header is read.</summary>
    public static async Task<Speaker?> FromAsync(string token, IServiceScopeFactory scopes)
    {
        await using var scope = scopes.CreateAsyncScope();
        var request = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        request.Request.Headers.Authorization = Scheme + token;
        var result = await request.AuthenticateAsync(JwtBearerDefaults.AuthenticationScheme);
        return result.Succeeded ? From(result.Principal, token) : null;
    }

    private static Speaker? From(ClaimsPrincipal principal, string? bearer) =>
        principal.Identity is { IsAuthenticated: true } && principal.ToUser() is { } user ? new Speaker(user, bearer, ExpiryOf(principal)) : null;

    private static DateTimeOffset? ExpiryOf(ClaimsPrincipal principal) =>
        long.TryParse(principal.FindFirstValue(ExpiryClaim), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
}
