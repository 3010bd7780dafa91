using System.Security.Claims;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Auth;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LiveComments.Api.Users;

/// <summary><c>GET /api/users/me</c>: who the caller is, by the token alone.</summary>
static class CurrentUserEndpoint
{
    public static void MapCurrentUser(this WebApplication app) =>
        app.MapGet("/api/users/me", Me).RequireAuthorization();

    private static Results<Ok<User>, UnauthorizedHttpResult> Me(ClaimsPrincipal principal) =>
        principal.ToUser() is { } user ? TypedResults.Ok(user) : TypedResults.Unauthorized();
}
