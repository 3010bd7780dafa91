using System.Globalization;

namespace LiveComments.Contracts;

/// <summary>Header names of a log entry. What isn't for viewers (the author's key) stands here and not in the body.</summary>
public static class LogHeaders
{
    /// <summary>One of <see cref="LogEventTypes"/>.</summary>
    public const string EventType = "Lc-Event";

    /// <summary>The author's <c>Idempotency-Key</c>.</summary>
    public const string IdempotencyKey = "Lc-Key";

    /// <summary>SHA-256 of the request that led to the entry, in hexadecimal: tells a retry from another use of its key.</summary>
    public const string RequestHash = "Lc-Hash";

    /// <summary>On <see cref="LogEventTypes.CommentPosted"/>: the author's role, when it is more than <see cref="Roles.User"/>.</summary>
    public const string AuthorRole = "Lc-Role";

    /// <summary>On <see cref="LogEventTypes.CommentDeleted"/> and <see cref="LogEventTypes.CommentHidden"/>: the <see cref="Cursor"/> of the entry that posted the comment.</summary>
    public const string Removes = "Lc-Removes";

    /// <summary>Beside <see cref="Removes"/>: when Api accepted that, by <see cref="TimeOf"/>; tells how long viewers went on seeing the comment.</summary>
    public const string AcceptedAt = "Lc-Accepted";
    /// <summary>
    /// On a <see cref="LogEventTypes.CommentPosted"/> by which a hidden comment comes back: the <see cref="Cursor"/> of the
    /// entry that posted it before. It is the same comment, with the same id, and lies here from now on.
    /// </summary>
    public const string Restores = "Lc-Restores";

    /// <summary>On <see cref="LogEventTypes.CommentReacted"/> and <see cref="LogEventTypes.CommentMarked"/>: the <see cref="Cursor"/> of the entry that posted the comment.</summary>
    public const string About = "Lc-About";

    /// <summary>
    /// On an entry that a new epoch took over from an older one: the <see cref="Cursor"/> that it had there, and by which
    /// <see cref="Removes"/> goes on naming it.
    /// </summary>
    public const string CarriedFrom = "Lc-Carried-From";

    /// <summary>On <see cref="LogEventTypes.CommentHeld"/> and <see cref="LogEventTypes.CommentDropped"/>: which kind of rule it was.</summary>
    public const string Reason = "Lc-Reason";

    /// <summary>Beside <see cref="Reason"/>: which word, pattern or address; percent-encoded, since a header has no line breaks.</summary>
    public const string Detail = "Lc-Detail";

    /// <summary>W3C's trace context, on entries of requests that are traced and on no others.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>Set by the client on every publish: by it the log recognises a retry.</summary>
    public const string MessageId = "Nats-Msg-Id";

    /// <summary>Set by nats-server on what it republishes: the entry's sequence.</summary>
    public const string Sequence = "Nats-Sequence";

    /// <summary>Set by nats-server on what it republishes: the sequence of the entry before it on the same subject, 0 for the first.</summary>
    public const string LastSequence = "Nats-Last-Sequence";

    /// <summary>A time as a header: Unix milliseconds.</summary>
    public static string TimeOf(long unixMilliseconds) => unixMilliseconds.ToString(CultureInfo.InvariantCulture);

    /// <summary>Null for what is no time.</summary>
    public static DateTimeOffset? ReadTime(string? header) =>
        long.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds < DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;
}

/// <summary>What can happen on a stream, as <see cref="LogHeaders.EventType"/> says it.</summary>
public static class LogEventTypes
{
    /// <summary>Body: <see cref="Comment"/>.</summary>
    public const string CommentPosted = "comment.posted";

    /// <summary>Body: <see cref="Contracts.CommentRemoved"/>. Its author took the comment back; <see cref="LogHeaders.Removes"/> says where it lies.</summary>
    public const string CommentDeleted = "comment.deleted";

    /// <summary>Body: <see cref="Contracts.CommentRemoved"/>. A moderator hid the comment; what brings it back posts it once more (<see cref="LogHeaders.Restores"/>).</summary>
    public const string CommentHidden = "comment.hidden";

    /// <summary>
    /// Body: <see cref="CommentReaction"/>. It says what holds from here on, not what to change: the last one of a user,
    /// comment and type counts. Its message id names the one before it, so the log takes one successor of each.
    /// </summary>
    public const string CommentReacted = "comment.reacted";

    /// <summary>Body: <see cref="CommentUpdated"/>. A moderator pinned or highlighted the comment, or took that back; <see cref="LogHeaders.About"/> says where it lies.</summary>
    public const string CommentMarked = "comment.marked";

    /// <summary>Body: <see cref="ReactionsBatch"/>, to be added to the stream's totals.</summary>
    public const string StreamReacted = "stream.reacted";

    /// <summary>Body: <see cref="LiveStream"/>. Always a stream's first entry.</summary>
    public const string StreamCreated = "stream.created";

    /// <summary>
    /// Body: <see cref="LiveStream"/>. Twice in the log: on the stream's control subject, where it is decided, and after
    /// that among its entries, for viewers.
    /// </summary>
    public const string StreamEnded = "stream.ended";

    /// <summary>Body: <see cref="LiveStream"/> with its <see cref="LiveStream.Settings"/>. Among the stream's entries, for viewers; it is decided by an act.</summary>
    public const string StreamSettings = "stream.settings";

    /// <summary>Body: <see cref="Contracts.ModerationAct"/>. On the moderation subjects, where acts are decided; what viewers see of them follows among the stream's entries.</summary>
    public const string ModerationAct = "moderation.act";

    /// <summary>Body: <see cref="Comment"/>. On the stream's moderation subject: nobody sees it until a moderator lets it pass, and it is posted then.</summary>
    public const string CommentHeld = "comment.held";

    /// <summary>Body: <see cref="Comment"/>. On the stream's moderation subject: nobody ever sees it, and its author is not told.</summary>
    public const string CommentDropped = "comment.dropped";

    /// <summary>Body: <see cref="CommentReport"/>. On the stream's moderation subject: a viewer reported a comment.</summary>
    public const string CommentReported = "comment.reported";

    /// <summary>Body: <see cref="FollowChange"/>. On the moderation subject of all streams.</summary>
    public const string UserFollowed = "user.followed";

    /// <summary>No body. A later epoch's log has taken over what it needs from before, and is in use from here on.</summary>
    public const string EpochBegun = "epoch.begun";
}
