using System.Diagnostics.CodeAnalysis;
using System.Globalization;
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
    public const string ExpiresAt = "exp";

    // An id becomes part of keys in Redis and rows in Postgres.
    private const int MaxUserIdLength = 128;

    // The year 9000: a DateTimeOffset can still be added to.
    private const long LatestExpiry = 221_845_392_000;

    /// <summary>Null when the token names nobody that could post: no subject, or one that is too long or has control characters.</summary>
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

        if (!IsUserId(id))
            return null;
        var username = Clipped(name, Limits.MaxUsernameLength) ?? Clipped(id, Limits.MaxUsernameLength)!;
        return new User(id, username, Clipped(displayName, Limits.MaxDisplayNameCharacters) ?? username, IsWebAddress(picture) ? picture : null, role);
    }

    /// <summary>Whether the token has a subject that can be somebody's id.</summary>
    public static bool NamesSomebody(this ClaimsPrincipal principal) => IsUserId(ValueOf(principal, Subject));

    /// <summary>The same user again, for a viewer that a token named earlier.</summary>
    public static ClaimsPrincipal ToPrincipal(User user, long expiresAt, string scheme)
    {
        var claims = new List<Claim>
        {
            new(Subject, user.Id),
            new(Username, user.Username),
            new(DisplayName, user.DisplayName),
            new(Role, user.Role),
            new(ExpiresAt, expiresAt.ToString(CultureInfo.InvariantCulture)),
        };
        if (user.AvatarUrl is not null)
            claims.Add(new Claim(Picture, user.AvatarUrl));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, scheme, Username, Role));
    }

    /// <summary>The token's <c>exp</c> in Unix seconds. Null without a token.</summary>
    public static long? ExpiryOf(ClaimsPrincipal principal) =>
        // A number in JSON may have a fraction.
        double.TryParse(ValueOf(principal, ExpiresAt), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            ? (long)Math.Clamp(seconds, 0, LatestExpiry)
            : null;

    /// <summary>Until when what was begun with this identity may go on. Nobody in particular has no end.</summary>
    public static DateTimeOffset ValidUntil(this ClaimsPrincipal principal) =>
        ExpiryOf(principal) is { } expiry ? DateTimeOffset.FromUnixTimeSeconds(expiry) + Authentication.ClockSkew : DateTimeOffset.MaxValue;

    // By the very name: the framework's own search takes "EXP" for "exp".
    private static string? ValueOf(ClaimsPrincipal principal, string name)
    {
        foreach (var claim in principal.Claims)
        {
            if (claim.Type == name)
                return claim.Value;
        }

        return null;
    }

    private static bool IsUserId([NotNullWhen(true)] string? id) => id is { Length: > 0 and <= MaxUserIdLength } && !HasControls(id);

    private static string Higher(string role, string other) =>
        role == Roles.Admin || other == Roles.Admin ? Roles.Admin
        : role == Roles.Moderator || other == Roles.Moderator ? Roles.Moderator
        : Roles.User;

    // Without control characters: a name goes to Postgres, which can't store U+0000, and to terminals and pages.
    private static string? Clipped(string? text, int length)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        if (HasControls(text))
            text = string.Concat(text.Where(character => !char.IsControl(character)));
        return text.Length == 0 ? null : text.Length <= length ? text : text[..length];
    }

    private static bool HasControls(string text)
    {
        foreach (var character in text)
        {
            if (char.IsControl(character))
                return true;
        }

        return false;
    }

    private static bool IsWebAddress(string? text) =>
        text is { Length: <= Limits.MaxUrlLength } && !HasControls(text) && Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp);
}
