namespace LiveComments.Contracts;

/// <summary>What the caller may do on a stream besides watching and taking part. A page offers no more than that; the addresses themselves decide.</summary>
/// <param name="StreamId">The stream.</param>
/// <param name="MayModerate">Everything under <c>…/moderation</c>, and the stream's settings.</param>
/// <param name="MayAppoint">Says who else moderates the stream, and ends it: its broadcaster, and admins.</param>
public sealed record StreamRights(string StreamId, bool MayModerate, bool MayAppoint);
