using System.Collections.Concurrent;
using System.Text.Json;
using LiveComments.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LiveComments.BrowserTests.Page;

/// <summary>The REST side, as far as the page asks for it.</summary>
public sealed partial class PageServer
{
    private const string TokenPrefix = "token-of-";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly ConcurrentDictionary<string, string> _displayNames = new();

    // Who reacted to what, the first first.
    private readonly List<(string CommentId, string Username, string Type)> _reactions = [];

    private sealed record NameBody(string Username, string DisplayName);

    private sealed record ContentBody(string Content, string? ParentId);

    private sealed record ReactionBody(string ReactionType);

    private sealed record ReportBody(string Reason, string? Note);

    /// <summary>Taps on the stream, as they came.</summary>
    public ConcurrentQueue<string> Taps { get; } = new();

    /// <summary>Reports, as they came: which comment, why.</summary>
    public ConcurrentQueue<(string CommentId, string Reason, string? Note)> Reports { get; } = new();

    private void MapRest()
    {
        _app.MapPost("/api/auth/dev-token", GiveToken);
        _app.MapPost("/api/auth/tickets", () => Results.Json(new { ticket = Guid.NewGuid(), expiresAt = TimeProvider.System.GetUtcNow().AddSeconds(30) }));
        _app.MapGet("/api/streams/live", () => Results.Json(new { streams = new[] { Stream(withFigures: true) }, next = (string?)null }));
        _app.MapPost("/api/telemetry/display", () => Results.NoContent());

        var stream = _app.MapGroup("/api/streams/{streamId}").AddEndpointFilter(async (context, next) =>
            (string?)context.HttpContext.GetRouteValue("streamId") == "demo" ? await next(context) : new Answered(Refusal(404, "STREAM_NOT_FOUND", "There is no stream with this id.")));
        stream.MapGet("", () => Results.Json(Stream(withFigures: false)));
        stream.MapGet("/reactions", () => Results.Json(new { streamId = "demo", counts = Taps.CountBy(type => type).ToDictionary(), total = Taps.Count }));
        stream.MapPost("/reactions", (ReactionBody body) =>
        {
            Taps.Enqueue(body.ReactionType);
            return Results.Accepted();
        });
        stream.MapPost("/comments", PostAsync);
        stream.MapGet("/comments", (string? order, string? cursor, int? limit) => Page(order ?? "newest", cursor, limit ?? 50));
        stream.MapDelete("/comments/{commentId}", (string commentId) =>
        {
            Remove(commentId);
            return Results.NoContent();
        });
        stream.MapPost("/comments/{commentId}/reports", (string commentId, ReportBody body) =>
        {
            Reports.Enqueue((commentId, body.Reason, body.Note));
            return Results.Accepted();
        });
        MapModeration(stream);
        stream.MapGet("/comments/{commentId}/replies", (string commentId) => Replies(commentId));
        stream.MapGet("/comments/{commentId}/reactions", (HttpContext context, string commentId, string? type) => Reactors(Username(context), commentId, type));
        stream.MapPut("/comments/{commentId}/reactions/{type}", (HttpContext context, string commentId, string type) => React(Username(context)!, commentId, type, isSet: true));
        stream.MapDelete("/comments/{commentId}/reactions/{type}", (HttpContext context, string commentId, string type) => React(Username(context)!, commentId, type, isSet: false));
    }

    private object Stream(bool withFigures)
    {
        var startedAt = TimeProvider.System.GetUtcNow().AddMinutes(-12).ToUnixTimeMilliseconds();
        var stream = new { id = "demo", title = Title, description = Description, creatorId = "host", status = Status, thumbnailUrl = (string?)null, videoUrl = (string?)null, startedAt, endedAt = (long?)null };
        return withFigures
            ? new { stream.id, stream.title, stream.description, stream.creatorId, stream.status, stream.thumbnailUrl, stream.videoUrl, stream.startedAt, stream.endedAt, viewerCount = 1284, commentCount = 39_512, reactionCount = 210_448 }
            : stream;
    }

    private IResult GiveToken(NameBody body)
    {
        _displayNames[body.Username] = body.DisplayName;
        return Results.Json(new
        {
            token = TokenPrefix + body.Username,
            expiresAt = TimeProvider.System.GetUtcNow().AddHours(1),
            user = new { id = $"id-{body.Username}", username = body.Username, displayName = body.DisplayName, avatarUrl = (string?)null, role = "user" },
        });
    }

    private async Task PostAsync(HttpContext context, ContentBody body)
    {
        var key = context.Request.Headers["Idempotency-Key"].ToString();
        Posts.Enqueue(new(context.Request.Headers.Authorization, key, body.Content, body.ParentId));
        if (CutsPosts)
        {
            context.Abort();
            return;
        }

        if (NextPostAnswers.TryDequeue(out var answer))
        {
            await answer(context);
            return;
        }

        var username = Username(context)!;
        if (HoldsPosts)
        {
            await Results.Json(Hold($"id-{username}", username, body.Content, key), Json, statusCode: 201).ExecuteAsync(context);
            return;
        }

        var comment = Append($"id-{username}", username, body.Content, new(_displayNames[username], ParentId: body.ParentId), key);
        await Results.Json(comment, Json, statusCode: 201).ExecuteAsync(context);
    }

    private IResult Page(string order, string? cursor, int limit)
    {
        Comment[] all;
        lock (_gate)
            all = [.. _log.Select(entry => entry.Comment)];
        if (order == "top")
            return Results.Json(new { comments = all.OrderByDescending(comment => comment.ReactionCounts.Values.Sum()).Take(limit), next = (string?)null }, Json);
        var before = cursor is null ? int.MaxValue : Read(cursor).Sequence;
        var page = all.Where(comment => Read(comment.Cursor!).Sequence < before).Reverse().Take(limit).ToArray();
        return Results.Json(new { comments = page, next = page.Length == limit ? page[^1].Cursor : null }, Json);
    }

    private IResult Replies(string commentId)
    {
        lock (_gate)
            return Results.Json(new { comments = _log.Select(entry => entry.Comment).Where(comment => comment.ParentId == commentId).ToArray(), next = (string?)null }, Json);
    }

    private IResult React(string username, string commentId, string type, bool isSet)
    {
        var reaction = (commentId, username, type);
        lock (_gate)
        {
            var had = _reactions.Remove(reaction);
            if (isSet)
                _reactions.Add(reaction);
            if (had != isSet)
            {
                var at = _log.FindIndex(entry => entry.Comment.Id == commentId);
                var counts = new Dictionary<string, int>(_log[at].Comment.ReactionCounts);
                counts[type] = counts.GetValueOrDefault(type) + (isSet ? 1 : -1);
                _log[at] = _log[at] with { Comment = _log[at].Comment with { ReactionCounts = counts } };
                _passing.Add(new("comment_updated", new { streamId = "demo", commentId, reactionChanges = new Dictionary<string, int> { [type] = isSet ? 1 : -1 } }));
                SignalChange_NeedsLock();
            }

            return Results.Json(new { streamId = "demo", commentId, reactionType = type, isSet, reactionCounts = CountsOf_NeedsLock(commentId), mine = MineOf_NeedsLock(username, commentId) });
        }
    }

    private IResult Reactors(string? username, string commentId, string? type)
    {
        lock (_gate)
        {
            var reactions = _reactions.Where(one => one.CommentId == commentId && (type is null || one.Type == type)).Reverse()
                .Select(one => new { userId = $"id-{one.Username}", username = one.Username, displayName = _displayNames.GetValueOrDefault(one.Username), avatarUrl = (string?)null, reactionType = one.Type, reactedAt = 0L, cursor = "1-1" });
            return Results.Json(new { streamId = "demo", commentId, reactionCounts = CountsOf_NeedsLock(commentId), mine = MineOf_NeedsLock(username, commentId), reactions, next = (string?)null });
        }
    }

    private IReadOnlyDictionary<string, int> CountsOf_NeedsLock(string commentId) => _log.Find(entry => entry.Comment.Id == commentId)!.Comment.ReactionCounts;

    private string[] MineOf_NeedsLock(string? username, string commentId) => [.. _reactions.Where(one => one.CommentId == commentId && one.Username == username).Select(one => one.Type)];

    private static string? Username(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        return authorization.StartsWith($"Bearer {TokenPrefix}", StringComparison.Ordinal) ? authorization[$"Bearer {TokenPrefix}".Length..] : null;
    }

    private sealed class Answered(Func<HttpContext, Task> answer) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => answer(httpContext);
    }
}
