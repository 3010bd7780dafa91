using System.Security.Claims;
using LiveComments.Api.Comments;
using LiveComments.Api.Degradation;
using LiveComments.Api.Moderation;
using LiveComments.Api.Persistence;
using LiveComments.Api.Streams;
using LiveComments.Api.Web;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Auth;
using LiveComments.ServiceDefaults.Log;
using LiveComments.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace LiveComments.Api.Reactions;

/// <summary><c>/api/streams/{id}/comments/{commentId}/reactions</c>: unlike taps on a stream, each is somebody's own, and can be taken back.</summary>
static class CommentReactionsApi
{
    public static void MapCommentReactions(this WebApplication app)
    {
        var reactions = app.MapGroup("/api/streams/{streamId}/comments/{commentId}/reactions").RequireValidStreamId();

        reactions.MapGet("/", GetPage).RequireReader(app).RefusedFrom(ReadShedding.Deep).WithEntityTag()
            .WithSummary("Who reacted to a comment")
            .WithDescription("Those who did so last first, of one type or of all; with the counts of all types and the caller's own reactions.");
        reactions.MapPost("/", Toggle).RequireAuthorization().RefuseBanned()
            .WithSummary("Toggle one's own reaction to a comment")
            .WithDescription("Sets it, or takes it back when it is there. With an Idempotency-Key, a retry does not toggle it again.");
        reactions.MapPut("/{type}", Set).RequireAuthorization().RefuseBanned()
            .WithSummary("React to a comment")
            .WithDescription("However often: one user's reaction of one type is there once.");
        reactions.MapDelete("/{type}", TakeBack).RequireAuthorization()
            .WithSummary("Take one's own reaction to a comment back")
            .WithDescription("Also when it isn't there, and when the stream has ended.");
    }

    private static async Task<Results<Ok<CommentReactionPage>, ProblemHttpResult>> GetPage(
        string streamId, string commentId, string? type, string? limit, string? cursor, ClaimsPrincipal principal, HttpContext context,
        StreamDirectory streams, CurrentLog log, NpgsqlDataSource database, DatabaseReads reads, CancellationToken cancellationToken)
    {
        var (size, from, fault) = Paging.Read(limit, cursor);
        if (fault is not null)
            return fault;
        if (type is not null && !ReactionTypes.IsValid(type))
            return StreamReactionsApi.UnknownType();
        if (await streams.FindAsync(streamId, cancellationToken) is null)
            return StreamsApi.NotFound(streamId);
        if (!CommentId.TryParse(commentId, out var id)
            || await CommentReactionsNow.ReadAsync(database, reads, await log.WaitAsync(cancellationToken), streamId, id, principal.ToUser()?.Id, cancellationToken) is not { } now)
            return OneCommentApi.NotFound(streamId);
        var page = await reads.ReadAsync(token => Reactors.PageAsync(database, now, id, type, from, size, token), cancellationToken);
        var next = page.Count == size ? page[^1].Cursor : null;
        Paging.WriteLink(context, next);
        return TypedResults.Ok(new CommentReactionPage(streamId, commentId, Counts.Named(now.Counts), now.Mine, page, next));
    }

    private static Task<Results<Ok<CommentReactionState>, ProblemHttpResult, UnauthorizedHttpResult>> Set(
        string streamId, string commentId, string type, ClaimsPrincipal principal, HttpResponse response, OwnReactions reactions, CancellationToken cancellationToken) =>
        reactions.ChangeAsync(streamId, commentId, type, ReactionWish.Set, key: null, principal, response, cancellationToken);

    private static Task<Results<Ok<CommentReactionState>, ProblemHttpResult, UnauthorizedHttpResult>> TakeBack(
        string streamId, string commentId, string type, ClaimsPrincipal principal, HttpResponse response, OwnReactions reactions, CancellationToken cancellationToken) =>
        reactions.ChangeAsync(streamId, commentId, type, ReactionWish.TakenBack, key: null, principal, response, cancellationToken);

    private static async Task<Results<Ok<CommentReactionState>, ProblemHttpResult, UnauthorizedHttpResult>> Toggle(
        string streamId, string commentId, ReactionRequest body, ClaimsPrincipal principal, HttpRequest request, HttpResponse response, OwnReactions reactions, CancellationToken cancellationToken) =>
        IdempotencyKey.TryRead(request, out var key)
            ? await reactions.ChangeAsync(streamId, commentId, body.ReactionType, ReactionWish.Toggled, key, principal, response, cancellationToken)
            : Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.IdempotencyKeyInvalid, IdempotencyKey.Rule);
}
