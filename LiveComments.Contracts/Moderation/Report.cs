using System.Text.Json.Serialization;

namespace LiveComments.Contracts;

/// <summary>What a viewer says against a comment. One of each user and comment counts: the first.</summary>
/// <param name="Reason">One of <see cref="ReportReasons"/>.</param>
/// <param name="Note">At most <see cref="ModerationLimits.MaxNoteCharacters"/>; moderators alone read it.</param>
public sealed record ReportRequest(string Reason, string? Note = null);

/// <summary>Why somebody reports a comment.</summary>
public static class ReportReasons
{
    public const string Spam = "spam";
    public const string Harassment = "harassment";
    public const string Hate = "hate";
    public const string Sexual = "sexual";
    public const string Violence = "violence";
    public const string Misinformation = "misinformation";
    public const string Other = "other";

    public static bool IsValid(string? reason) => reason is Spam or Harassment or Hate or Sexual or Violence or Misinformation or Other;
}

/// <summary>A report as the log has it: the body of a <see cref="LogEventTypes.CommentReported"/> entry.</summary>
public sealed record CommentReport
{
    /// <summary>As it was then.</summary>
    public required Comment Comment { get; init; }

    /// <summary>Who reported it.</summary>
    public required string UserId { get; init; }

    public required string Username { get; init; }

    /// <summary>One of <see cref="ReportReasons"/>.</summary>
    public required string Reason { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Note { get; init; }

    /// <summary>How much it counts: 1 for most, up to 2 for whose reports were right before, next to nothing for whose were not.</summary>
    public required double Weight { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public required long At { get; init; }
}

/// <summary>A comment that viewers reported, and about which no moderator has decided since.</summary>
/// <param name="Comment">As it was when it was reported first.</param>
/// <param name="Count">By how many.</param>
/// <param name="Weight">What their reports count together.</param>
/// <param name="IsInReview">Whether that is enough for the review queue.</param>
/// <param name="Reasons">One of <see cref="ReportReasons"/> → how many gave it.</param>
/// <param name="Reports">The newest, at most <see cref="ModerationLimits.MaxReportsShown"/>.</param>
/// <param name="StreamTitle">What the comment's stream is called.</param>
public sealed record ReportedComment(
    Comment Comment, int Count, double Weight, bool IsInReview, IReadOnlyDictionary<string, int> Reasons, IReadOnlyList<Report> Reports, string? StreamTitle = null);

/// <param name="UserId">Who reported it.</param>
/// <param name="Username">Their name.</param>
/// <param name="Reason">One of <see cref="ReportReasons"/>.</param>
/// <param name="Note">In their words.</param>
/// <param name="At">Unix milliseconds.</param>
public sealed record Report(string UserId, string Username, string Reason, string? Note, long At);

/// <summary>Of one stream: those that count most, these first. Of all streams: by page, those that were reported first, first.</summary>
/// <param name="Comments">Those.</param>
/// <param name="Next">The <c>cursor</c> of the next page; null for no more, and always of a single stream.</param>
public sealed record ReportedComments(IReadOnlyList<ReportedComment> Comments, string? Next = null);
