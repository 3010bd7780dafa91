namespace LiveComments.Contracts;

/// <summary>Who somebody is, as told by the token alone.</summary>
/// <param name="Id">The token's subject.</param>
/// <param name="Username">Unique name, as used in mentions.</param>
/// <param name="DisplayName">The name to show; the username when the token has none.</param>
/// <param name="AvatarUrl">Picture, if the token names one.</param>
/// <param name="Role">One of <see cref="Roles"/>.</param>
public sealed record User(string Id, string Username, string DisplayName, string? AvatarUrl, string Role);

/// <summary>Roles a token can carry. A broadcaster is no role: it is the creator of the stream at hand.</summary>
public static class Roles
{
    public const string User = "user";
    public const string Moderator = "moderator";
    public const string Admin = "admin";

    public static bool IsValid(string? role) => role is User or Moderator or Admin;
}
