using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Fanout.Rooms.Sampling;

/// <summary>
/// Follows a stream's comments and says which are left out. What always passes: pinned, highlighted and paid comments, and
/// those of moderators, admins and the broadcaster; and for one viewer its own, the answers to it and what names it.
/// </summary>
/// <param name="creatorId">The broadcaster; null when it is not known.</param>
/// <param name="most">How many comments a second are shown to a small audience.</param>
sealed class RoomSampling(string? creatorId, int most)
{
    // Whose comment an answer answers is known for so many of the newest; about half a megabyte in a busy room.
    private const int MaxAuthors = 4096;

    private readonly Sampler _sampler = new();
    private readonly Dictionary<string, string> _authors = new(StringComparer.Ordinal);
    private readonly Queue<string> _oldestAuthors = new();

    /// <summary>Null when everybody is shown the entry. To be asked once for each, in order.</summary>
    /// <param name="entry">Of whatever type.</param>
    /// <param name="audience">How many watch, over all nodes.</param>
    /// <param name="share">How much of what is shown otherwise is shown now: a part of it, since a lower limit's choice is part of a higher one's.</param>
    public Omission? Omits(LogEntry entry, int audience, double share = 1)
    {
        if (entry.EventType != LogEventTypes.CommentPosted || Parse(entry) is not { } comment)
            return null;
        Remember(comment);
        var shown = _sampler.Shows(comment.Id, comment.CreatedAt, SamplingLimit.For(audience, most, share));
        return shown || AlwaysPasses(entry, comment)
            ? null
            : new Omission(comment.UserId, comment.ParentId is { } parent ? _authors.GetValueOrDefault(parent) : null, comment.Mentions);
    }

    private bool AlwaysPasses(LogEntry entry, Comment comment) =>
        comment.IsPinned || comment.IsHighlighted || comment.IsPaid || comment.UserId == creatorId
        || LogEntry.Header(entry.Headers, LogHeaders.AuthorRole) is Roles.Moderator or Roles.Admin;

    private void Remember(Comment comment)
    {
        if (!_authors.TryAdd(comment.Id, comment.UserId))
            return;
        _oldestAuthors.Enqueue(comment.Id);
        if (_oldestAuthors.Count > MaxAuthors)
            _authors.Remove(_oldestAuthors.Dequeue());
    }

    private static Comment? Parse(LogEntry entry)
    {
        try
        {
            return JsonSerializer.Deserialize(entry.Body.Span, ContractsJson.Wire.Comment);
        }
        catch (JsonException)
        {
            // Nothing can be said about it, so it is shown.
            return null;
        }
    }
}
