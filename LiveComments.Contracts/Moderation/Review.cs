namespace LiveComments.Contracts;

/// <summary>A comment that waits for a moderator.</summary>
/// <param name="Comment">As it would be shown.</param>
/// <param name="Reason">Which kind of rule held it: a stable word.</param>
/// <param name="Detail">Which word, pattern or address.</param>
/// <param name="ClaimedById">The moderator who looks at it; null for none.</param>
/// <param name="ClaimedUntil">Unix milliseconds, when it is anybody's again.</param>
/// <param name="IsPublished">Everybody sees it, and viewers reported it: to be kept, hidden or deleted. Else nobody does: to be approved or rejected.</param>
public sealed record QueuedComment(Comment Comment, string Reason, string? Detail, string? ClaimedById, long? ClaimedUntil, bool IsPublished = false);

/// <summary>What waits on a stream, oldest first.</summary>
public sealed record ReviewQueue(IReadOnlyList<QueuedComment> Comments);

/// <summary>Takes the oldest comments that nobody looks at.</summary>
/// <param name="Count">1 to <see cref="ModerationLimits.MaxClaims"/>; one when left out.</param>
public sealed record ClaimRequest(int? Count = null);

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
