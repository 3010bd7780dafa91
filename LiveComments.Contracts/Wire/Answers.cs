using System.Text.Json;
using System.Text.Json.Serialization;

namespace LiveComments.Contracts;

/// <summary>Payload of <see cref="ServerMessageTypes.Ack"/>: what was decided about a post over WebSocket.</summary>
public sealed record Ack
{
    /// <summary>The post's own.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>One of <see cref="AckStatus"/>.</summary>
    public required string Status { get; init; }

    /// <summary>The comment, when there is one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CommentId { get; init; }

    /// <summary>When the same post will be let in; with <see cref="AckStatus.RateLimited"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? RetryAfterMs { get; init; }

    /// <summary>Why it was not accepted: one of <see cref="ErrorCodes"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Code { get; init; }

    /// <summary>Why it was not accepted, for a person.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Message { get; init; }
}

/// <summary>What can be decided about a post.</summary>
public static class AckStatus
{
    /// <summary>Stored; everybody will see it.</summary>
    public const string Accepted = "accepted";

    /// <summary>Too many; the same post may be tried later.</summary>
    public const string RateLimited = "rate_limited";

    /// <summary>Not possible, now or later.</summary>
    public const string Rejected = "rejected";

    /// <summary>Kept for a moderator to look at.</summary>
    public const string Held = "held";
}

/// <summary>Payload of <see cref="ServerMessageTypes.Error"/>.</summary>
/// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
/// <param name="Message">What is wrong and what to do, for a person.</param>
/// <param name="Retryable">True when the same message may succeed later; a post keeps its key.</param>
public sealed record ServerError(string Code, string Message, bool Retryable)
{
    /// <summary>The post that it is about. Nothing was decided about it: sending it again with this key is safe.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? IdempotencyKey { get; init; }

    /// <summary>How long to wait before trying again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? RetryAfterMs { get; init; }
}

/// <summary>The answer of a long poll.</summary>
/// <param name="Messages">As over WebSocket; empty when nothing happened in the time.</param>
/// <param name="Cursor">What to ask with next.</param>
public sealed record PollAnswer(IReadOnlyList<JsonElement> Messages, string Cursor);
