using System.Text.Json.Serialization;

namespace LiveComments.Contracts;

/// <summary>
/// Somebody's reaction of one type to one comment is from now on there, or no longer there. In the log it is the body of
/// <see cref="LogEventTypes.CommentReacted"/>; the last such entry of a user, comment and type is what holds.
/// </summary>
public sealed record CommentReaction
{
    public required string StreamId { get; init; }

    public required string CommentId { get; init; }

    public required string UserId { get; init; }

    public required string Username { get; init; }

    /// <summary>The name to show; left out when it is the username.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DisplayName { get; init; }

    public string? AvatarUrl { get; init; }

    /// <summary>One of <see cref="ReactionTypes"/>.</summary>
    public required string ReactionType { get; init; }

    /// <summary>False when the reaction was taken back.</summary>
    public required bool IsSet { get; init; }

    /// <summary>Unix milliseconds; for display. Order is the log's sequence.</summary>
    public required long ReactedAt { get; init; }
}

/// <summary>What a comment's reactions are after one's own was set, taken back or toggled.</summary>
/// <param name="StreamId">The stream.</param>
/// <param name="CommentId">The comment.</param>
/// <param name="ReactionType">The type that the request was about.</param>
/// <param name="IsSet">Whether the caller's reaction of that type is there now.</param>
/// <param name="ReactionCounts">Reaction type → how many users; types that nobody used are left out.</param>
/// <param name="Mine">The types of the caller's reactions, in the order of <see cref="ReactionTypes.All"/>.</param>
public sealed record CommentReactionState(
    string StreamId, string CommentId, string ReactionType, bool IsSet, IReadOnlyDictionary<string, int> ReactionCounts, IReadOnlyList<string> Mine);

/// <summary>Who reacted to a comment: a page, those who did so last first.</summary>
/// <param name="StreamId">The stream.</param>
/// <param name="CommentId">The comment.</param>
/// <param name="ReactionCounts">Reaction type → how many users, of all types, whatever the page is about.</param>
/// <param name="Mine">The types of the caller's own reactions; empty for who is not signed in.</param>
/// <param name="Reactions">At most as many as asked for.</param>
/// <param name="Next">Pass as <c>cursor</c> for the page after this one; null at the end.</param>
public sealed record CommentReactionPage(
    string StreamId, string CommentId, IReadOnlyDictionary<string, int> ReactionCounts, IReadOnlyList<string> Mine, IReadOnlyList<Reactor> Reactions, string? Next);

/// <summary>One user's reaction of one type.</summary>
/// <param name="UserId">Who reacted.</param>
/// <param name="Username">As it was when they reacted.</param>
/// <param name="AvatarUrl">Picture, if there is one.</param>
/// <param name="ReactionType">One of <see cref="ReactionTypes"/>.</param>
/// <param name="ReactedAt">Unix milliseconds.</param>
/// <param name="Cursor">Where the reaction lies in the log.</param>
/// <param name="DisplayName">The name to show, as it was when they reacted; left out when it is the username.</param>
public sealed record Reactor(
    string UserId, string Username, string? AvatarUrl, string ReactionType, long ReactedAt, string Cursor,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? DisplayName = null);
