using System.Security.Claims;
using System.Text;
using LiveComments.Api.Admission;
using LiveComments.Api.Degradation;
using LiveComments.Api.Streams;
using LiveComments.Api.Users;
using LiveComments.Api.Web;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Auth;
using LiveComments.ServiceDefaults.Degradation;
using LiveComments.ServiceDefaults.Problems;
using LiveComments.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace LiveComments.Api.Comments;

/// <summary><c>/api/streams/{id}/comments</c>.</summary>
static class CommentsApi
{
    private const string Newest = "newest";
    private const string Oldest = "oldest";
    private const string Top = "top";

    public static void AddComments(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<CommentPosting>();
        builder.Services.AddSingleton<CommentMetrics>();
        builder.Services.AddSingleton<MessageSizes>();
        builder.Services.AddSingleton<OriginalComments>();
        builder.Services.AddSingleton<CommentHistory>();
        builder.Services.AddSingleton<UsedKeys>();
        builder.Services.AddSingleton<TopComments>();
        builder.Services.AddSingleton<RecentComments>();
        builder.Services.AddSingleton<RecentWindowStore>();
        builder.Services.AddSingleton<UnwrittenDeletions>();
        builder.Services.AddSingleton<KnownComments>();
        builder.Services.AddSingleton<CommentFinder>();
        builder.Services.AddSingleton<CommentDeletion>();
    }

    public static void MapComments(this WebApplication app)
    {
        var comments = app.MapGroup("/api/streams/{streamId}/comments").RequireValidStreamId();

        comments.MapPost("/", Post).RequireAuthorization();
        comments.MapGet("/", Read).RequireReader(app).RefusedFrom(LevelOf).WithEntityTag();
    }

    // The newest come from memory, and are what a page shows first.
    private static DegradationLevel? LevelOf(HttpRequest request) => request.Query["order"].ToString() switch
    {
        Top => ReadShedding.Heavy,
        Oldest => ReadShedding.Deep,
        _ => request.Query.ContainsKey("cursor") ? ReadShedding.Deep : null,
    };

    private static async Task<Results<Ok<CommentPage>, ProblemHttpResult>> Read(
        string streamId, string? limit, string? cursor, string? order, HttpContext context, StreamDirectory streams, CommentHistory history, TopComments top, CancellationToken cancellationToken)
    {
        if (order is not (null or Newest or Oldest or Top))
            return Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.InvalidMessage, $"'order' must be {Newest}, {Oldest} or {Top}.");
        if (order == Top)
            return await ReadTop(streamId, limit, cursor, context, streams, top, cancellationToken);
        var (size, from, fault) = Paging.Read(limit, cursor);
        if (fault is not null)
            return fault;
        if (await streams.FindAsync(streamId, cancellationToken) is null)
            return StreamsApi.NotFound(streamId);
        var page = order == Oldest
            ? await history.OldestAsync(streamId, from, size, parent: null, cancellationToken)
            : await history.NewestAsync(streamId, from, size, cancellationToken);
        Paging.WriteLink(context, page.Next);
        return TypedResults.Ok(page);
    }

    private static async Task<Results<Ok<CommentPage>, ProblemHttpResult>> ReadTop(
        string streamId, string? limit, string? cursor, HttpContext context, StreamDirectory streams, TopComments top, CancellationToken cancellationToken)
    {
        if (!Paging.TryReadLimit(limit, out var size))
            return Paging.LimitFault();
        TopCursor? from = null;
        if (cursor is not null)
        {
            if (!TopCursor.TryParse(cursor, out var parsed))
                return Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.CursorInvalid, "'cursor' must be the 'next' of a page in this order. Leave it out for the first page.");
            from = parsed;
        }

        if (await streams.FindAsync(streamId, cancellationToken) is null)
            return StreamsApi.NotFound(streamId);
        var page = await top.ReadAsync(streamId, from, size, cancellationToken);
        Paging.WriteLink(context, page.Next);
        return TypedResults.Ok(page);
    }

    private static async Task<Results<CreatedJson<Comment>, ProblemHttpResult, UnauthorizedHttpResult>> Post(
        string streamId, PostComment post, ClaimsPrincipal principal, HttpRequest request, HttpResponse response,
        StreamDirectory streams, CommentPosting posting, CommentMetrics metrics, MessageSizes sizes, IOptions<AuthOptions> auth, CancellationToken cancellationToken)
    {
        if (principal.ToUser() is not { } user)
            return TypedResults.Unauthorized();
        if (!IdempotencyKey.TryRead(request, out var key))
            return Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.IdempotencyKeyInvalid, IdempotencyKey.Rule);
        var (text, fault) = CommentText.Normalize(post.Content);
        if (text is null)
            return Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.ContentInvalid, fault!);
        if (post.MediaTimeMs < 0)
            return Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.InvalidMessage, "'mediaTimeMs' is negative.");
        if (await streams.FindAsync(streamId, cancellationToken) is null)
            return StreamsApi.NotFound(streamId);

        var result = await posting.PostAsync(streamId, user, post, text, key, new TokenVouching(principal, auth.Value), cancellationToken);
        metrics.Decided(result);
        // Who sends in chunks doesn't say how much; the text is nearly all of it.
        sizes.Received((int)(request.ContentLength ?? Encoding.UTF8.GetByteCount(text)));
        switch (result)
        {
            case PostResult.Accepted(var comment, var quota):
                if (quota is { } left)
                    RateLimitHeaders.Write(response, left);
                return new CreatedJson<Comment>($"/api/streams/{streamId}/comments/{comment.Id}", comment, ContractsJson.Wire.Comment);
            case PostResult.RateLimited(var exceeded):
                RateLimitHeaders.Write(response, exceeded);
                return Problem.Of(
                    StatusCodes.Status429TooManyRequests, ErrorCodes.RateLimited,
                    $"At most {exceeded.Limit} comments in {exceeded.Window.TotalSeconds:0} s; the next is free in {Math.Ceiling(exceeded.Reset.TotalSeconds):0} s.", retryable: true);
            case PostResult.KeyReused:
                return Problem.Of(StatusCodes.Status422UnprocessableEntity, ErrorCodes.IdempotencyKeyReused, $"This {IdempotencyKey.HeaderName} was used for another comment; choose a new one for a new comment.");
            case PostResult.StreamEnded:
                return Problem.Of(StatusCodes.Status409Conflict, ErrorCodes.StreamEnded, $"Stream '{streamId}' has ended; it takes no more comments.");
            case PostResult.NotAllowed(var code, var detail):
                return Problem.Of(StatusOf(code), code, detail);
            case PostResult.NoSuchParent:
                return Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.CommentNotFound, "'parentId' names no comment of this stream.");
            case var away:
                response.Headers.RetryAfter = "1";
                return Problem.Of(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, (away as PostResult.Unavailable)?.Detail ?? $"The comment may not have been stored. Try again with the same {IdempotencyKey.HeaderName}.", retryable: true);
        }
    }

    private static int StatusOf(string code) => code switch
    {
        ErrorCodes.Banned or ErrorCodes.Muted or ErrorCodes.FollowersOnly or ErrorCodes.SubscribersOnly => StatusCodes.Status403Forbidden,
        ErrorCodes.CommentsOff => StatusCodes.Status409Conflict,
        _ => StatusCodes.Status422UnprocessableEntity,
    };
}
