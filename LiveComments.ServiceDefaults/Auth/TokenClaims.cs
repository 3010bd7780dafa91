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
        // In one pass, since every post comes here: asking for each claim by its name goes through all of them each time.
        string? id = null, name = null, displayName = null, picture = null;
        var role = Roles.User;
        foreach (var claim in principal.Claims)
        {
            switch (claim.Type)
            {
                case Subject: id ??= claim.Value; break;
                case Username: name ??= claim.Value; break;
                case DisplayName: displayName ??= claim.Value; break;
                case Picture: picture ??= claim.Value; break;
                case Role: role = Higher(role, claim.Value); break;
            }
        }

        if (id is not { Length: > 0 and <= MaxUserIdLength })
            return null;
        var username = Clipped(name, Limits.MaxUsernameLength) ?? Clipped(id, Limits.MaxUsernameLength)!;
        return new User(id, username, Clipped(displayName, Limits.MaxDisplayNameCharacters) ?? username, IsWebAddress(picture) ? picture : null, role);
    }

    private static string Higher(string role, string other) =>
        role == Roles.Admin || other == Roles.Admin ? Roles.Admin
        : role == Roles.Moderator || other == Roles.Moderator ? Roles.Moderator
        : Roles.User;

    private static string? Clipped(string? text, int length) =>
        string.IsNullOrWhiteSpace(text) ? null : text.Length <= length ? text : text[..length];

    private static bool IsWebAddress(string? text) =>
        text is { Length: <= Limits.MaxUrlLength } && Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp);
}
