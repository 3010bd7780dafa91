using System.Security.Claims;
using LiveComments.Api.Streams;
using LiveComments.Api.Web;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Auth;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LiveComments.Api.Moderation;

/// <summary><c>GET /api/streams/{id}/me</c>: what the caller may do there. Only the server knows whom a broadcaster named.</summary>
static class RightsApi
{
    public static void MapRights(this WebApplication app) =>
        app.MapGet("/api/streams/{streamId}/me", Mine).RequireValidStreamId().RequireAuthorization().WithSummary("What the caller may do on the stream");

    private static async Task<Results<Ok<StreamRights>, ProblemHttpResult, UnauthorizedHttpResult>> Mine(
        string streamId, ClaimsPrincipal principal, StreamDirectory streams, CommentModeration moderation, HttpResponse response, CancellationToken cancellationToken)
    {
        if (principal.ToUser() is not { } user)
            return TypedResults.Unauthorized();
        if (await streams.FindAsync(streamId, cancellationToken) is not { } stream)
            return StreamsApi.NotFound(streamId);
        // One's own, and another thing a moment later.
        response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new StreamRights(streamId, moderation.MayModerate(stream, user), CommentModeration.MayAppoint(stream, user)));
    }
}
