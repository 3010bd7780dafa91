using System.Security.Claims;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Auth;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace LiveComments.Fanout.Transports.Sockets;

/// <summary>Who speaks on a WebSocket.</summary>
/// <param name="User">As the token says.</param>
/// <param name="Bearer">The token itself, which goes to Api with every post; null when the user came in by other means than a token.</param>
/// <param name="ValidUntil">When it has to come with a newer token.</param>
sealed record Speaker(User User, string? Bearer, DateTimeOffset ValidUntil)
{
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
        principal.Identity is { IsAuthenticated: true } && principal.ToUser() is { } user ? new Speaker(user, bearer, principal.ValidUntil()) : null;
}
