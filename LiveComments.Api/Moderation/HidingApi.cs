using LiveComments.Api.Comments;
using LiveComments.Api.Moderation.Acts;
using LiveComments.Api.Persistence;
using LiveComments.Api.Web;
using LiveComments.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace LiveComments.Api.Moderation;

/// <summary><c>…/moderation/comments/{id}/hide</c> and <c>…/unhide</c>, and <c>…/moderation/hidden</c>: taking away what may come back.</summary>
static class HidingApi
{
    public static void MapHiding(this WebApplication app)
    {
        var moderation = app.MapGroup("/api/streams/{streamId}/moderation").RequireValidStreamId().RequireAuthorization().RequireModerator();
        moderation.MapPost("/comments/{commentId}/hide", Hide).WithSummary("Takes a comment away, for everybody, until it is brought back");
        moderation.MapPost("/comments/{commentId}/unhide", Unhide).WithSummary("Brings a hidden comment back: at the end of the stream as it is now");
        moderation.MapGet("/hidden", List).WithSummary("What is hidden, those that were posted last first");
    }

    /// <summary>What becomes of a hidden comment is decided once: it comes back, or it is deleted.</summary>
    public static string DecisionOf(Comment hidden) => $"hidden {hidden.Id} {hidden.Cursor}";

    private static async Task<Results<NoContent, ProblemHttpResult>> Hide(
        string streamId, string commentId, ModerationReason reason, HttpContext context, CommentFinder finder, KnownComments known, ModerationActs acts, CancellationToken cancellationToken)
    {
        if (ModerationInput.FaultOfReason(reason.Reason) is { } fault)
            return fault;
        if (!CommentId.TryParse(commentId, out var id) || await finder.FindAsync(streamId, id, cancellationToken) is not { } found || found is { IsDeleted: true, IsHidden: false })
            return OneCommentApi.NotFound(streamId);
        if (found.IsHidden)
            return TypedResults.NoContent();
        var act = acts.New(streamId, ModerationActKinds.HideComment, Moderating.In(context).By, reason.Reason) with { Comment = found.Comment };
        // Once from where it lies now; when it came back it lies elsewhere.
        if (await acts.PerformAsync(act, cancellationToken, once: $"hide {commentId} {found.Comment.Cursor}") is not ActResult.Done)
            return ModerationInput.Unavailable(context.Response);
        known.Forget(streamId, id);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Unhide(
        string streamId, string commentId, ModerationReason reason, HttpContext context, CommentFinder finder, ModerationActs acts, ModerationEffects effects, CancellationToken cancellationToken)
    {
        if (ModerationInput.FaultOfReason(reason.Reason) is { } fault)
            return fault;
        if (!CommentId.TryParse(commentId, out var id) || await finder.FindAsync(streamId, id, cancellationToken) is not { } found || found is { IsDeleted: true, IsHidden: false })
            return OneCommentApi.NotFound(streamId);
        if (!found.IsHidden)
            return TypedResults.NoContent();
        var act = acts.New(streamId, ModerationActKinds.UnhideComment, Moderating.In(context).By, reason.Reason) with { Comment = found.Comment };
        // Of several at once one brings it back.
        switch (await acts.PerformAsync(act, cancellationToken, once: DecisionOf(found.Comment)))
        {
            case ActResult.Done { Act.Kind: ModerationActKinds.UnhideComment }:
                break;
            case ActResult.Done:
                return OneCommentApi.NotFound(streamId);
            default:
                return ModerationInput.Unavailable(context.Response);
        }

        // A deletion that began before it was hidden may come only now: it stands, wherever the comment lies.
        if (await finder.FindAsync(streamId, id, cancellationToken) is not { IsDeleted: true, IsHidden: false } gone)
            return TypedResults.NoContent();
        return gone.Comment.Cursor == found.Comment.Cursor || await effects.DeleteAgainAsync(streamId, gone.Comment, cancellationToken)
            ? OneCommentApi.NotFound(streamId)
            : ModerationInput.Unavailable(context.Response);
    }

    private static async Task<Results<Ok<CommentPage>, ProblemHttpResult>> List(
        string streamId, string? limit, string? cursor, HttpContext context, NpgsqlDataSource database, DatabaseReads reads, LatelyRemoved removed, CancellationToken cancellationToken)
    {
        var (size, from, fault) = Paging.Read(limit, cursor);
        if (fault is not null)
            return fault;
        var page = await reads.ReadAsync(
            async token =>
            {
                await using var connection = await database.OpenConnectionAsync(token);
                return await CommentRows.HiddenAsync(connection, streamId, from, size, await removed.ReadAsync(connection, streamId, token), token);
            },
            cancellationToken);
        Paging.WriteLink(context, page.Next);
        return TypedResults.Ok(page);
    }
}
