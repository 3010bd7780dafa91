namespace LiveComments.Contracts;

/// <summary>The types of the messages that a WebSocket client sends, as <c>{"type": …, "payload": …}</c>.</summary>
public static class ClientMessageTypes
{
    /// <summary>Payload: <see cref="Contracts.Authenticate"/>.</summary>
    public const string Authenticate = "authenticate";

    /// <summary>Payload: <see cref="Contracts.JoinStream"/>.</summary>
    public const string JoinStream = "join_stream";

    /// <summary>Without payload: leaves the stream that was joined, if any.</summary>
    public const string LeaveStream = "leave_stream";

    /// <summary>Payload: <see cref="Contracts.PostToStream"/>. Answered with one <see cref="Ack"/>, or one <see cref="ServerError"/> of the same key.</summary>
    public const string PostComment = "post_comment";

    /// <summary>Payload: <see cref="Contracts.React"/>. Answered only when it fails.</summary>
    public const string React = "react";
}

/// <summary>Says who speaks from now on: the way for browsers, which can't set a header on a WebSocket.</summary>
/// <param name="Token">As it would be sent as <c>Authorization: Bearer</c>.</param>
public sealed record Authenticate(string? Token);

/// <summary>Watches a stream; one at a time, so the one before is left.</summary>
/// <param name="StreamId">The stream.</param>
/// <param name="Cursor">Resumes after this place.</param>
/// <param name="LastSeenCommentId">Resumes after this comment, if the cursor isn't known.</param>
public sealed record JoinStream(string? StreamId, string? Cursor = null, string? LastSeenCommentId = null);

/// <summary>Posts a comment, by the same rules as <see cref="PostComment"/> over REST.</summary>
/// <param name="StreamId">The stream; it need not be the joined one.</param>
/// <param name="Content">1 to <see cref="Limits.MaxContentCharacters"/> user-perceived characters after trimming.</param>
/// <param name="IdempotencyKey">Required: the same for every retry of this post.</param>
/// <param name="ParentId">The comment of the same stream that this one answers.</param>
/// <param name="MediaTimeMs">The place in the video, in milliseconds, not negative.</param>
public sealed record PostToStream(string? StreamId, string? Content, string? IdempotencyKey, string? ParentId = null, long? MediaTimeMs = null);

/// <summary>Reacts to a stream, or to a comment of it.</summary>
/// <param name="StreamId">The stream.</param>
/// <param name="ReactionType">Which reaction.</param>
/// <param name="CommentId">The comment; the stream itself when left out.</param>
/// <param name="IdempotencyKey">The same for every retry; then a reaction to a comment is not toggled twice. An error about it carries it.</param>
public sealed record React(string? StreamId, string? ReactionType, string? CommentId = null, string? IdempotencyKey = null);
