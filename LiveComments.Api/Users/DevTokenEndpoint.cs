using System.Text.RegularExpressions;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Auth;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace LiveComments.Api.Users;

/// <summary><c>POST /api/auth/dev-token</c>: anybody may be anybody, so it exists in Development only.</summary>
static partial class DevTokenEndpoint
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(8);

    public static void MapDevToken(this WebApplication app)
    {
        var auth = app.Services.GetRequiredService<IOptions<AuthOptions>>().Value;
        if (app.Environment.IsDevelopment() && auth.SigningKey is not null)
            app.MapPost("/api/auth/dev-token", Issue).AllowAnonymous();
    }

    private static Results<Ok<DevToken>, ProblemHttpResult> Issue(DevTokenRequest request, IOptions<AuthOptions> options, TimeProvider clock)
    {
        if (request.Username is not { } username || !ValidUsername().IsMatch(username))
            return Invalid($"'username' must be 1 to {Limits.MaxUsernameLength} letters, digits, '_', '.' and '-'.");
        if (request.Role is not null && !Roles.IsValid(request.Role))
            return Invalid($"'role' must be {Roles.User}, {Roles.Moderator} or {Roles.Admin}.");
        var displayName = string.IsNullOrWhiteSpace(request.DisplayName) ? username : request.DisplayName.Trim();
        if (displayName.Length > Limits.MaxDisplayNameCharacters)
            return Invalid($"'displayName' may have at most {Limits.MaxDisplayNameCharacters} characters.");

        var user = new User($"dev-{username.ToLowerInvariant()}", username, displayName, AvatarUrl: null, request.Role ?? Roles.User);
        var now = clock.GetUtcNow();
        var expiresAt = now + Lifetime;
        return TypedResults.Ok(new DevToken(Sign(user, now, expiresAt, options.Value), expiresAt, user));
    }

    private static string Sign(User user, DateTimeOffset now, DateTimeOffset expiresAt, AuthOptions options) =>
        new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = options.Issuer,
            Audience = options.Audience,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = expiresAt.UtcDateTime,
            Claims = new Dictionary<string, object>
            {
                [TokenClaims.Subject] = user.Id,
                [TokenClaims.Username] = user.Username,
                [TokenClaims.DisplayName] = user.DisplayName,
                [TokenClaims.Role] = user.Role,
            },
            SigningCredentials = new SigningCredentials(Authentication.SigningKey(options), SecurityAlgorithms.HmacSha256),
        });

    private static ProblemHttpResult Invalid(string detail) =>
        Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.InvalidMessage, detail);

    [GeneratedRegex(@"^[A-Za-z0-9_.-]{1,32}\z")]
    private static partial Regex ValidUsername();
}
