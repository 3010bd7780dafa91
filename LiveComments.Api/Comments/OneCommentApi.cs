using System.Security.Claims;
using LiveComments.Api.Degradation;
using LiveComments.Api.Streams;
using LiveComments.Api.Web;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Auth;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LiveComments.Api.Comments;

/// <summary><c>/api/streams/{id}/comments/{commentId}</c>.</summary>
static class OneCommentApi
{
    public static void MapOneComment(this WebApplication app)
    {
        var comment = app.MapGroup("/api/streams/{streamId}/comments/{commentId}").RequireValidStreamId();

        comment.MapGet("/", Get).RequireReader(app);
        comment.MapGet("/replies", GetReplies).RequireReader(app).RefusedFrom(ReadShedding.Deep).WithEntityTag();
        comment.MapDelete("/", Delete).RequireAuthorization();
    }

    private static async Task<Results<Ok<Comment>, ProblemHttpResult>> Get(
        string streamId, string commentId, StreamDirectory streams, CommentFinder finder, CancellationToken cancellationToken)
    {
        var (_, found, missing) = await FindAsync(streamId, commentId, streams, finder, cancellationToken);
        return found is null ? missing! : TypedResults.Ok(found.Comment);
    }

    private static async Task<Results<Ok<CommentPage>, ProblemHttpResult>> GetReplies(
        string streamId, string commentId, string? limit, string? cursor, HttpContext context,
        StreamDirectory streams, CommentFinder finder, CommentHistory history, CancellationToken cancellationToken)
    {
        var (size, from, fault) = Paging.Read(limit, cursor);
        if (fault is not null)
            return fault;
        var (id, found, missing) = await FindAsync(streamId, commentId, streams, finder, cancellationToken);
        if (found is null)
            return missing!;
        var page = await history.OldestAsync(streamId, from, size, parent: id, cancellationToken);
        Paging.WriteLink(context, page.Next);
        return TypedResults.Ok(page);
    }

    private static async Task<Results<NoContent, ProblemHttpResult, UnauthorizedHttpResult>> Delete(
        string streamId, string commentId, ClaimsPrincipal principal, HttpResponse response,
        StreamDirectory streams, CommentDeletion deletion, CancellationToken cancellationToken)
    {
        if (principal.ToUser() is not { } user)
            return TypedResults.Unauthorized();
        if (await streams.FindAsync(streamId, cancellationToken) is null)
            return StreamsApi.NotFound(streamId);
        if (!CommentId.TryParse(commentId, out var id))
            return NotFound(streamId);
        switch (await deletion.DeleteAsync(streamId, id, user, cancellationToken))
        {
            case DeletionResult.Deleted:
                return TypedResults.NoContent();
            case DeletionResult.NotFound:
                return NotFound(streamId);
            case DeletionResult.NotTheAuthor:
                return Problem.Of(StatusCodes.Status403Forbidden, ErrorCodes.Forbidden, "Only its author can delete a comment.");
            default:
                response.Headers.RetryAfter = "1";
                return Problem.Of(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, "The log does not answer; try again, it is safe.", retryable: true);
        }
    }

    private static async Task<(long Id, FoundComment? Found, ProblemHttpResult? Missing)> FindAsync(
        string streamId, string commentId, StreamDirectory streams, CommentFinder finder, CancellationToken cancellationToken)
    {
        if (await streams.FindAsync(streamId, cancellationToken) is null)
            return (0, null, StreamsApi.NotFound(streamId));
        return CommentId.TryParse(commentId, out var id) && await finder.FindAsync(streamId, id, cancellationToken) is { IsDeleted: false } found
            ? (id, found, null)
            : (0, null, NotFound(streamId));
    }

    public static ProblemHttpResult NotFound(string streamId) =>
        Problem.Of(StatusCodes.Status404NotFound, ErrorCodes.CommentNotFound, $"Stream '{streamId}' has no such comment.");
}
