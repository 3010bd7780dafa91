using System.Text.Json.Serialization;

namespace LiveComments.Contracts;

/// <summary>A comment as every viewer sees it. In the log it is the body of a <see cref="LogEventTypes.CommentPosted"/> event.</summary>
public sealed record Comment
{
    /// <summary>Snowflake in decimal; a string because JavaScript numbers lose its last bits.</summary>
    public required string Id { get; init; }

    public required string StreamId { get; init; }

    public required string UserId { get; init; }

    /// <summary>Unique name, as used in mentions.</summary>
    public required string Username { get; init; }

    /// <summary>The name to show; left out when it is the username, as most are.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DisplayName { get; init; }

    public string? AvatarUrl { get; init; }

    /// <summary>1 to <see cref="Limits.MaxContentCharacters"/> user-perceived characters, trimmed, NFC.</summary>
    public required string Content { get; init; }

    /// <summary>The comment of the same stream that this one answers.</summary>
    public string? ParentId { get; init; }

    /// <summary>Usernames mentioned with <c>@</c>, without it, in order of appearance, each once.</summary>
    public IReadOnlyList<string> Mentions { get; init; } = [];

    public bool IsHighlighted { get; init; }

    public bool IsPinned { get; init; }

    public bool IsPaid { get; init; }

    /// <summary>Reaction type → how many users; types that nobody used are left out. Empty in the log itself: reactions come behind the comment.</summary>
    public IReadOnlyDictionary<string, int> ReactionCounts { get; init; } = EmptyCounts;

    /// <summary>Unix milliseconds; for display. Order is the log's sequence, never this.</summary>
    public required long CreatedAt { get; init; }

    /// <summary>The place in the video, in milliseconds.</summary>
    public long? MediaTimeMs { get; init; }

    /// <summary>Only ever sent to its author.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? IdempotencyKey { get; init; }

    /// <summary>Unix milliseconds at which Api received the post; the start of delivery latency.</summary>
    public required long ReceivedAt { get; init; }

    /// <summary>Where the comment lies in the log; set in REST answers, absent in the log itself and in batches.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Cursor { get; init; }

    /// <summary><see cref="HeldStatus.Held"/> while it waits for a moderator, which its author alone is told; absent otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Status { get; init; }

    /// <summary>
    /// Where it lay before a moderator hid it, when it was brought back since; absent otherwise. Who was told that the
    /// comment is gone knows by this that it is there again; the later of two cursors is the newer version.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RestoredFrom { get; init; }

    private static readonly Dictionary<string, int> EmptyCounts = [];
}
