namespace LiveComments.Contracts;

/// <summary>Body of <c>POST /api/auth/dev-token</c>, which exists in Development only.</summary>
/// <param name="Username"><c>[A-Za-z0-9_.-]{1,32}</c>; the same name is always the same user.</param>
/// <param name="DisplayName">At most <see cref="Limits.MaxDisplayNameCharacters"/> characters.</param>
/// <param name="Role">One of <see cref="Roles"/>; <see cref="Roles.User"/> when left out.</param>
public sealed record DevTokenRequest(string? Username, string? DisplayName = null, string? Role = null);

/// <summary>A token for trying things out.</summary>
/// <param name="Token">To be sent as <c>Authorization: Bearer</c>; never in a URL.</param>
/// <param name="ExpiresAt">When it stops being accepted.</param>
/// <param name="User">Whom it stands for.</param>
public sealed record DevToken(string Token, DateTimeOffset ExpiresAt, User User);
