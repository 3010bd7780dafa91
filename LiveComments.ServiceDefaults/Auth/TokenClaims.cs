using System.Security.Claims;
using LiveComments.Contracts;

namespace LiveComments.ServiceDefaults.Auth;

/// <summary>The claims of a token, by the names of OpenID Connect, and how they become a <see cref="User"/>.</summary>
public static class TokenClaims
{
    public const string Subject = "sub";
    public const string Username = "preferred_username";
    public const string DisplayName = "name";
    public const string Picture = "picture";
    public const string Role = "role";

    // An id becomes part of keys in Redis and rows in Postgres.
    private const int MaxUserIdLength = 128;

    /// <summary>Null when the token names nobody that could post: no subject, or one that is too long.</summary>
    public static User? ToUser(this ClaimsPrincipal principal)
    {
        if (principal.FindFirstValue(Subject) is not { Length: > 0 and <= MaxUserIdLength } id)
            return null;
        var username = Clipped(principal.FindFirstValue(Username), Limits.MaxUsernameLength) ?? Clipped(id, Limits.MaxUsernameLength)!;
        var picture = principal.FindFirstValue(Picture);
        return new User(
            id,
            username,
            Clipped(principal.FindFirstValue(DisplayName), Limits.MaxDisplayNameCharacters) ?? username,
            IsWebAddress(picture) ? picture : null,
            HighestRole(principal));
    }

    private static string HighestRole(ClaimsPrincipal principal) =>
        principal.HasClaim(Role, Roles.Admin) ? Roles.Admin
        : principal.HasClaim(Role, Roles.Moderator) ? Roles.Moderator
        : Roles.User;

    private static string? Clipped(string? text, int length) =>
        string.IsNullOrWhiteSpace(text) ? null : text.Length <= length ? text : text[..length];

    private static bool IsWebAddress(string? text) =>
        text is { Length: <= Limits.MaxUrlLength } && Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp);
}
