using System.Text.Json.Serialization;

namespace LiveComments.Contracts;

/// <summary>A live stream; in the log it is the body of <see cref="LogEventTypes.StreamCreated"/> and <see cref="LogEventTypes.StreamEnded"/>.</summary>
public record LiveStream
{
    /// <summary>See <see cref="StreamId"/>.</summary>
    public required string Id { get; init; }

    public required string Title { get; init; }

    public string? Description { get; init; }

    public required string CreatorId { get; init; }

    /// <summary>One of <see cref="StreamStatus"/>.</summary>
    public required string Status { get; init; }

    public string? ThumbnailUrl { get; init; }

    public string? VideoUrl { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public required long StartedAt { get; init; }

    /// <summary>Unix milliseconds; null while the stream is live.</summary>
    public long? EndedAt { get; init; }

    /// <summary>In <see cref="LogEventTypes.StreamSettings"/>, and the message that viewers get of it: from here on. Absent elsewhere, where nothing is said of them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StreamSettings? Settings { get; init; }
}

/// <summary>The states of a live stream, as they appear on the wire.</summary>
public static class StreamStatus
{
    public const string Scheduled = "scheduled";
    public const string Live = "live";
    public const string Ended = "ended";
}
