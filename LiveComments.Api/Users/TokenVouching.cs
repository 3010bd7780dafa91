using System.Security.Claims;
using LiveComments.ServiceDefaults.Auth;

namespace LiveComments.Api.Users;

/// <summary>What a token says about its user and a broadcaster, beside who the user is. Looked at only where a stream asks for it.</summary>
readonly struct TokenVouching(ClaimsPrincipal? principal, AuthOptions options)
{
    // Of a claim that names nobody: the user subscribes to all.
    private const string ToAll = "true";

    /// <summary>The token's subscriber claim is true, or names the broadcaster.</summary>
    public bool Subscribes(string creatorId) => principal is not null && (principal.HasClaim(options.SubscriberClaim, ToAll) || principal.HasClaim(options.SubscriberClaim, creatorId));

    /// <summary>The token's follow claim names the broadcaster: then the issuer vouches for it, for however long.</summary>
    public bool Follows(string creatorId) => principal is not null && principal.HasClaim(options.FollowsClaim, creatorId);
}
