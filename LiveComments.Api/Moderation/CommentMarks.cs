using LiveComments.Api.Comments;
using LiveComments.Api.Moderation.Acts;
using LiveComments.Api.Moderation.State;
using LiveComments.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LiveComments.Api.Moderation;

/// <summary>Pins and highlights comments. Of a stream one is pinned at a time.</summary>
sealed class CommentMarks(CommentFinder finder, ModerationState state, ModerationActs acts)
{
    public async Task<Results<NoContent, ProblemHttpResult>> PinAsync(string streamId, string commentId, HttpContext context, CancellationToken cancellationToken)
    {
        if (await FindAsync(streamId, commentId, cancellationToken) is not { } comment)
            return OneCommentApi.NotFound(streamId);
        var before = state.PinnedOn(streamId);
        if (before?.Id == comment.Id)
            return TypedResults.NoContent();
        if (before is not null && !await PerformAsync(ModerationActKinds.Unpin, before, context, cancellationToken))
            return ModerationInput.Unavailable(context.Response);
        return await PerformAsync(ModerationActKinds.Pin, comment, context, cancellationToken) ? TypedResults.NoContent() : ModerationInput.Unavailable(context.Response);
    }

    public async Task<Results<NoContent, ProblemHttpResult>> UnpinAsync(string streamId, string commentId, HttpContext context, CancellationToken cancellationToken)
    {
        if (state.PinnedOn(streamId) is { } pinned && pinned.Id == commentId)
            return await PerformAsync(ModerationActKinds.Unpin, pinned, context, cancellationToken) ? TypedResults.NoContent() : ModerationInput.Unavailable(context.Response);
        return await FindAsync(streamId, commentId, cancellationToken) is null ? OneCommentApi.NotFound(streamId) : TypedResults.NoContent();
    }

    public async Task<Results<NoContent, ProblemHttpResult>> HighlightAsync(string streamId, string commentId, bool isHighlighted, HttpContext context, CancellationToken cancellationToken)
    {
        if (await FindAsync(streamId, commentId, cancellationToken) is not { } comment)
            return OneCommentApi.NotFound(streamId);
        var kind = isHighlighted ? ModerationActKinds.Highlight : ModerationActKinds.Unhighlight;
        return comment.IsHighlighted == isHighlighted || await PerformAsync(kind, comment, context, cancellationToken)
            ? TypedResults.NoContent()
            : ModerationInput.Unavailable(context.Response);
    }

    private async Task<Comment?> FindAsync(string streamId, string commentId, CancellationToken cancellationToken) =>
        CommentId.TryParse(commentId, out var id) && await finder.FindAsync(streamId, id, cancellationToken) is { IsDeleted: false } found ? found.Comment : null;

    private async Task<bool> PerformAsync(string kind, Comment comment, HttpContext context, CancellationToken cancellationToken)
    {
        var moderating = Moderating.In(context);
        return await acts.PerformAsync(acts.New(moderating.StreamId, kind, moderating.By, null) with { Comment = comment }, cancellationToken) is ActResult.Done;
    }
}
