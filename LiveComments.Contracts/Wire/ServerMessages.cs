using System.Text.Json.Serialization;

namespace LiveComments.Contracts;

/// <summary>The types of the messages that viewers receive; over SSE this is the <c>event:</c> field as well.</summary>
public static class ServerMessageTypes
{
    public const string CommentsBatch = "comments_batch";
    public const string CommentUpdated = "comment_updated";
    public const string CommentRemoved = "comment_removed";
    public const string ReactionsBatch = "reactions_batch";
    public const string ViewerCount = "viewer_count";
    public const string CommentCount = "comment_count";
    public const string CommentReviewed = "comment_reviewed";
    public const string StreamState = "stream_state";
    public const string CursorMoved = "cursor_moved";
    public const string Reset = "reset";
    public const string Gap = "gap";
    public const string Ack = "ack";
    public const string Error = "error";
}

/// <summary>
/// Every message is <c>{"type": …, "payload": …}</c>. Over WebSocket and long polling, what moves the cursor has a
/// <c>cursor</c> beside them; over SSE that is the <c>id:</c> field.
/// </summary>
public sealed record ServerMessage<T>(string Type, T Payload);

/// <summary>Payload of <see cref="ServerMessageTypes.CommentsBatch"/>.</summary>
/// <param name="StreamId">The stream it belongs to.</param>
/// <param name="Comments">In the log's order.</param>
/// <param name="IsBackfill">True for what was said before the viewer came (or came back).</param>
/// <param name="Cursor">Where the batch ends; resume from here.</param>
/// <param name="PreviousCursor">Where the message before it ended; null at the start of a connection.</param>
/// <param name="Omitted">Comments left out of this batch because the stream is faster than people read.</param>
public sealed record CommentsBatch(string StreamId, IReadOnlyList<Comment> Comments, bool IsBackfill, string Cursor, string? PreviousCursor, int Omitted);

/// <summary>Payload of <see cref="ServerMessageTypes.CommentUpdated"/>: others reacted to a comment, or took that back.</summary>
/// <param name="StreamId">The stream it belongs to.</param>
/// <param name="CommentId">The comment; a viewer may never have had it.</param>
/// <param name="ReactionChanges">Reaction type → what to add to its count; may be negative.</param>
public sealed record CommentUpdated(string StreamId, string CommentId, IReadOnlyDictionary<string, int> ReactionChanges)
{
    /// <summary>Whether it is pinned from here on; absent when that stays as it is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? IsPinned { get; init; }

    /// <summary>Whether it is highlighted from here on; absent when that stays as it is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? IsHighlighted { get; init; }
}

/// <summary>Payload of <see cref="ServerMessageTypes.CommentRemoved"/>: show it no longer.</summary>
/// <param name="StreamId">The stream it belongs to.</param>
/// <param name="CommentId">The comment; a viewer may never have had it.</param>
public sealed record CommentRemoved(string StreamId, string CommentId);

/// <summary>
/// Payload of <see cref="ServerMessageTypes.CommentReviewed"/>: a moderator decided about a comment that was held. Only its
/// author is told, on every connection that they have open with their token; it moves no cursor.
/// </summary>
/// <param name="StreamId">The stream it belongs to.</param>
/// <param name="CommentId">The comment. One that was approved comes among the others, too.</param>
/// <param name="Status"><see cref="HeldStatus.Approved"/> or <see cref="HeldStatus.Rejected"/>.</param>
/// <param name="Note">The moderator's words; null for none.</param>
public sealed record CommentReviewed(string StreamId, string CommentId, string Status, string? Note);

/// <summary>Payload of <see cref="ServerMessageTypes.StreamState"/>: the stream as it is now.</summary>
public sealed record StreamState : LiveStream
{
    /// <summary>The same as its <see cref="LiveStream.Id"/>, by the name that it has in every message.</summary>
    public required string StreamId { get; init; }

    /// <summary>How the viewer's node serves the stream from here on; absent when nothing is said of that, and it stays as it is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StreamLoad? Load { get; init; }
}

/// <summary>How a node serves a stream: as always, or with less because it has too much to do. A viewer who comes back forgets what it was told before.</summary>
/// <param name="Level">One of <see cref="LoadLevels"/>.</param>
/// <param name="BatchIntervalMs">Comments are gathered for so many milliseconds; of a calm stream at the level <see cref="LoadLevels.Normal"/> they are not.</param>
/// <param name="CommentsPerSecond">At most about so many comments a second are shown.</param>
public sealed record StreamLoad(string Level, int BatchIntervalMs, int CommentsPerSecond);

/// <summary>The levels of <see cref="StreamLoad"/>; each does what the one before it does, and more.</summary>
public static class LoadLevels
{
    /// <summary>As always.</summary>
    public const string Normal = "normal";

    /// <summary>Comments come in batches, and figures less often.</summary>
    public const string Busy = "busy";

    /// <summary>Fewer of a fast stream's comments are shown, and who comes is given fewer of those that were before.</summary>
    public const string Strained = "strained";

    /// <summary>The same, and more of it; what can be read later is refused.</summary>
    public const string Shedding = "shedding";
}

/// <summary>Payload of <see cref="ServerMessageTypes.ViewerCount"/>.</summary>
/// <param name="StreamId">The stream it belongs to.</param>
/// <param name="Count">How many watch, over all nodes; approximate.</param>
public sealed record ViewerCount(string StreamId, int Count);

/// <summary>Payload of <see cref="ServerMessageTypes.CommentCount"/>.</summary>
/// <param name="StreamId">The stream it belongs to.</param>
/// <param name="Count">Comments that were not taken back; for display, and a few off at times.</param>
public sealed record CommentCount(string StreamId, long Count);

/// <summary>Payload of <see cref="ServerMessageTypes.CursorMoved"/>: nothing to show, but the place to resume from is further on.</summary>
/// <param name="StreamId">The stream it belongs to.</param>
public sealed record CursorMoved(string StreamId);

/// <summary>Payload of <see cref="ServerMessageTypes.Gap"/>: events between these cursors are lost for good.</summary>
/// <param name="StreamId">The stream it belongs to.</param>
/// <param name="After">The last event before the gap.</param>
/// <param name="Until">The last event that is lost.</param>
public sealed record Gap(string StreamId, string After, string Until);

/// <summary>Payload of <see cref="ServerMessageTypes.Reset"/>: forget what you hold, a backfill follows.</summary>
/// <param name="StreamId">The stream it belongs to.</param>
/// <param name="Reason">One of <see cref="ResetReasons"/>.</param>
public sealed record Reset(string StreamId, string Reason);

/// <summary>Why a viewer's cursor can't be resumed from.</summary>
public static class ResetReasons
{
    /// <summary>More than <see cref="Limits.MaxResumeEvents"/> events were missed, or they are no longer in the log.</summary>
    public const string TooFarBehind = "too_far_behind";

    /// <summary>The log was made anew since; sequences started again.</summary>
    public const string NewEpoch = "new_epoch";
}
