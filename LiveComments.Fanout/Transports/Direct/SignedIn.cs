using System.Security.Claims;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Auth;

namespace LiveComments.Fanout.Transports.Direct;

/// <summary>What is known of a viewer who watches with a token; nobody in particular has none of it.</summary>
/// <param name="User">What it is shown of a fast stream depends on that; null when the token names nobody.</param>
/// <param name="ValidUntil">When it has to come back with a new token.</param>
sealed record SignedIn(User? User, DateTimeOffset ValidUntil)
{
    public static SignedIn? Of(ClaimsPrincipal principal)
    {
        var (user, until) = (principal.ToUser(), principal.ValidUntil());
        return user is null && until == DateTimeOffset.MaxValue ? null : new SignedIn(user, until);
    }
}
