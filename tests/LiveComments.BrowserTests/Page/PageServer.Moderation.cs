using System.Collections.Concurrent;
using LiveComments.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LiveComments.BrowserTests.Page;

/// <summary>What moderators may do, and comments that wait for one.</summary>
public sealed partial class PageServer
{
    // What is held: the comment, and what was decided of it.
    private readonly List<(Comment Comment, string Status, string? Note)> _held = [];

    private Comment? _pinned;

    /// <summary>Who moderates, by username.</summary>
    public ConcurrentBag<string> Moderators { get; } = [];

    /// <summary>Acts in the order in which they came: <c>PUT ban id-ada {"reason":…}</c>.</summary>
    public ConcurrentQueue<string> Acts { get; } = new();

    /// <summary>While set, posts wait for a moderator.</summary>
    public bool HoldsPosts { get; set; }

    /// <summary>A moderator lets pass, or refuses, what is held.</summary>
    public void Decide(string content, string status, string? note = null)
    {
        lock (_gate)
        {
            var at = _held.FindIndex(one => one.Comment.Content == content);
            _held[at] = (_held[at].Comment, status, note);
        }
    }

    /// <summary>Pins or highlights a comment, or takes that back; viewers are told.</summary>
    public void Mark(string commentId, bool? isPinned = null, bool? isHighlighted = null)
    {
        lock (_gate)
        {
            var at = _log.FindIndex(entry => entry.Comment.Id == commentId);
            var comment = _log[at].Comment with { IsPinned = isPinned ?? _log[at].Comment.IsPinned, IsHighlighted = isHighlighted ?? _log[at].Comment.IsHighlighted };
            _log[at] = _log[at] with { Comment = comment };
            if (isPinned is { } pins)
                _pinned = pins ? comment : null;
        }

        Tell("comment_updated", isPinned is { } pinned
            ? new { streamId = "demo", commentId, reactionChanges = new { }, isPinned = pinned }
            : new { streamId = "demo", commentId, reactionChanges = new { }, isHighlighted });
    }

    private void MapModeration(RouteGroupBuilder stream)
    {
        stream.MapGet("/me", (HttpContext context) => Results.Json(new StreamRights("demo", IsModerator(context), MayAppoint: false), Json));
        stream.MapGet("/pinned", () => _pinned is { } pinned ? Results.Json(pinned, Json) : Results.NoContent());
        stream.MapGet("/comments/held", (HttpContext context) =>
        {
            lock (_gate)
                return Results.Json(new { comments = _held.Where(one => one.Comment.Username == Username(context)).Select(one => new { comment = one.Comment, status = one.Status, note = one.Note }).ToArray() }, Json);
        });

        var moderation = stream.MapGroup("/moderation").AddEndpointFilter(async (context, next) =>
            IsModerator(context.HttpContext) ? await next(context) : new Answered(Refusal(403, "FORBIDDEN", "Only moderators of the stream may do this.")));
        moderation.MapPut("/comments/{commentId}/pin", (string commentId) => Marked(commentId, isPinned: true));
        moderation.MapDelete("/comments/{commentId}/pin", (string commentId) => Marked(commentId, isPinned: false));
        moderation.MapPut("/comments/{commentId}/highlight", (string commentId) => Marked(commentId, isHighlighted: true));
        moderation.MapDelete("/comments/{commentId}/highlight", (string commentId) => Marked(commentId, isHighlighted: false));
        moderation.MapPost("/comments/{commentId}/delete", (string commentId) =>
        {
            Remove(commentId);
            return Results.NoContent();
        });
        moderation.MapPut("/sanctions/{kind}/{userId}", (string kind, string userId, SanctionRequest terms) =>
        {
            Acts.Enqueue($"{kind} {userId} {terms.DurationSeconds?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "for good"} {terms.Reason}".TrimEnd());
            return Results.Json(new { streamId = "demo", userId, kind });
        });
    }

    private IResult Marked(string commentId, bool? isPinned = null, bool? isHighlighted = null)
    {
        Mark(commentId, isPinned, isHighlighted);
        return Results.NoContent();
    }

    private bool IsModerator(HttpContext context) => Username(context) is { } username && Moderators.Contains(username);

    private Comment Hold(string userId, string username, string content, string key)
    {
        lock (_gate)
        {
            var comment = Append_NeedsLock(userId, username, content, new(_displayNames[username]), key);
            _log.RemoveAll(entry => entry.Comment.Id == comment.Id);
            _held.Add((comment, HeldStatus.Held, null));
            return comment with { Status = HeldStatus.Held };
        }
    }
}
