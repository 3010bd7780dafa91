namespace LiveComments.Contracts;

/// <summary>The types of the messages that viewers receive; over SSE this is the <c>event:</c> field as well.</summary>
public static class ServerMessageTypes
{
    public const string CommentsBatch = "comments_batch";
    public const string CommentRemoved = "comment_removed";
    public const string StreamState = "stream_state";
    public const string Reset = "reset";
    public const string Error = "error";
}

/// <summary>Every message is <c>{"type": …, "payload": …}</c>.</summary>
public sealed record ServerMessage<T>(string Type, T Payload);

/// <summary>Payload of <see cref="ServerMessageTypes.CommentsBatch"/>.</summary>
/// <param name="StreamId">The stream it belongs to.</param>
/// <param name="Comments">In the log's order.</param>
/// <param name="IsBackfill">True for what was said before the viewer came (or came back).</param>
/// <param name="Cursor">Where the batch ends; resume from here.</param>
/// <param name="PreviousCursor">Where the batch before it ended; null at the start of a connection.</param>
/// <param name="Omitted">Comments left out of this batch by sampling.</param>
public sealed record CommentsBatch(string StreamId, IReadOnlyList<Comment> Comments, bool IsBackfill, string Cursor, string? PreviousCursor, int Omitted);

/// <summary>Payload of <see cref="ServerMessageTypes.CommentRemoved"/>: show it no longer.</summary>
/// <param name="StreamId">The stream it belongs to.</param>
/// <param name="CommentId">The comment; a viewer may never have had it.</param>
public sealed record CommentRemoved(string StreamId, string CommentId);

/// <summary>Payload of <see cref="ServerMessageTypes.StreamState"/>: the stream as it is now.</summary>
public sealed record StreamState : LiveStream
{
    /// <summary>The same as its <see cref="LiveStream.Id"/>, by the name that it has in every message.</summary>
    public required string StreamId { get; init; }
}

/// <summary>Payload of <see cref="ServerMessageTypes.Reset"/>: forget what you hold, a backfill follows.</summary>
/// <param name="StreamId">The stream it belongs to.</param>
/// <param name="Reason">One of <see cref="ResetReasons"/>.</param>
public sealed record Reset(string StreamId, string Reason);

/// <summary>Payload of <see cref="ServerMessageTypes.Error"/>.</summary>
/// <param name="Code">One of <see cref="ErrorCodes"/>.</param>
/// <param name="Message">What is wrong and what to do, for a person.</param>
/// <param name="Retryable">True when the same may succeed later.</param>
public sealed record ServerError(string Code, string Message, bool Retryable);

/// <summary>Why a viewer's cursor can't be resumed from.</summary>
public static class ResetReasons
{
    /// <summary>More than <see cref="Limits.MaxResumeEvents"/> events were missed, or they are no longer in the log.</summary>
    public const string TooFarBehind = "too_far_behind";

    /// <summary>The log was made anew since; sequences started again.</summary>
    public const string NewEpoch = "new_epoch";
}
