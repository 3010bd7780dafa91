namespace LiveComments.Contracts;

/// <summary>A comment that waits for a moderator.</summary>
/// <param name="Comment">As it would be shown.</param>
/// <param name="Reason">Which kind of rule held it: a stable word.</param>
/// <param name="Detail">Which word, pattern or address.</param>
/// <param name="ClaimedById">The moderator who looks at it; null for none.</param>
/// <param name="ClaimedUntil">Unix milliseconds, when it is anybody's again.</param>
/// <param name="IsPublished">Everybody sees it, and viewers reported it: to be kept, hidden or deleted. Else nobody does: to be approved or rejected.</param>
/// <param name="ClaimedByName">Their name.</param>
/// <param name="StreamTitle">What the comment's stream is called.</param>
public sealed record QueuedComment(
    Comment Comment, string Reason, string? Detail, string? ClaimedById, long? ClaimedUntil, bool IsPublished = false, string? ClaimedByName = null, string? StreamTitle = null);

/// <summary>What waits on a stream, or on all of them, oldest first.</summary>
/// <param name="Comments">A page of it.</param>
/// <param name="Next">The <c>cursor</c> of the next page; null for no more, and always of a single stream, whose queue has one.</param>
public sealed record ReviewQueue(IReadOnlyList<QueuedComment> Comments, string? Next = null);

/// <summary>Takes the oldest comments that nobody looks at.</summary>
/// <param name="Count">1 to <see cref="ModerationLimits.MaxClaims"/>; one when left out.</param>
/// <param name="Except">Ids of comments that one leaves to others, such as those that one gave back; at most <see cref="ModerationLimits.MaxLeft"/>.</param>
public sealed record ClaimRequest(int? Count = null, IReadOnlyList<string>? Except = null);

/// <summary>One's own comments that were held, newest first.</summary>
public sealed record HeldComments(IReadOnlyList<HeldComment> Comments);

/// <param name="Comment">One's own.</param>
/// <param name="Status">One of <see cref="HeldStatus"/>.</param>
/// <param name="Note">What the moderator says to it.</param>
public sealed record HeldComment(Comment Comment, string Status, string? Note);

/// <summary>What became of a comment that was held.</summary>
public static class HeldStatus
{
    public const string Held = "held";
    public const string Approved = "approved";
    public const string Rejected = "rejected";
}
