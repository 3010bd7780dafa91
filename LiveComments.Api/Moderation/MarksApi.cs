using LiveComments.Api.Comments;
using LiveComments.Api.Moderation.State;
using LiveComments.Api.Streams;
using LiveComments.Api.Web;
using LiveComments.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LiveComments.Api.Moderation;

/// <summary><c>…/moderation/comments/{id}/pin</c> and <c>…/highlight</c>, and <c>/api/streams/{id}/pinned</c>.</summary>
static class MarksApi
{
    public static void MapMarks(this WebApplication app)
    {
        var comments = app.MapGroup("/api/streams/{streamId}/moderation/comments/{commentId}").RequireValidStreamId().RequireAuthorization().RequireModerator();
        comments.MapPut("/pin", Pin).WithSummary("Pins a comment, in the place of the one that was");
        comments.MapDelete("/pin", Unpin);
        comments.MapPut("/highlight", Highlight).WithSummary("Highlights a comment");
        comments.MapDelete("/highlight", Unhighlight);

        app.MapGet("/api/streams/{streamId}/pinned", Pinned).RequireValidStreamId().RequireReader(app).WithEntityTag().WithSummary("The comment that is pinned; 204 for none");
    }

    private static Task<Results<NoContent, ProblemHttpResult>> Pin(string streamId, string commentId, HttpContext context, CommentMarks marks, CancellationToken cancellationToken) =>
        marks.PinAsync(streamId, commentId, context, cancellationToken);

    private static Task<Results<NoContent, ProblemHttpResult>> Unpin(string streamId, string commentId, HttpContext context, CommentMarks marks, CancellationToken cancellationToken) =>
        marks.UnpinAsync(streamId, commentId, context, cancellationToken);

    private static Task<Results<NoContent, ProblemHttpResult>> Highlight(string streamId, string commentId, HttpContext context, CommentMarks marks, CancellationToken cancellationToken) =>
        marks.HighlightAsync(streamId, commentId, isHighlighted: true, context, cancellationToken);

    private static Task<Results<NoContent, ProblemHttpResult>> Unhighlight(string streamId, string commentId, HttpContext context, CommentMarks marks, CancellationToken cancellationToken) =>
        marks.HighlightAsync(streamId, commentId, isHighlighted: false, context, cancellationToken);

    private static async Task<Results<Ok<Comment>, NoContent, ProblemHttpResult>> Pinned(
        string streamId, StreamDirectory streams, ModerationState state, CommentFinder finder, CancellationToken cancellationToken)
    {
        if (await streams.FindAsync(streamId, cancellationToken) is null)
            return StreamsApi.NotFound(streamId);
        // As it is now, unless it was taken away since.
        return state.PinnedOn(streamId) is { } pinned && CommentId.TryParse(pinned.Id, out var id) && await finder.FindAsync(streamId, id, cancellationToken) is { IsDeleted: false } found
            ? TypedResults.Ok(found.Comment)
            : TypedResults.NoContent();
    }
}
