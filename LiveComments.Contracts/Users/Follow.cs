namespace LiveComments.Contracts;

/// <summary>Whom one follows.</summary>
/// <param name="UserId">The broadcaster.</param>
/// <param name="Since">Unix milliseconds.</param>
public sealed record Follow(string UserId, long Since);

/// <summary>Whom one follows, the latest first; at most <see cref="ModerationLimits.MaxFollows"/>.</summary>
public sealed record FollowList(IReadOnlyList<Follow> Follows);

/// <summary>Somebody follows a broadcaster from here on, or does no longer: the body of a <see cref="LogEventTypes.UserFollowed"/> entry.</summary>
/// <param name="UserId">Who follows.</param>
/// <param name="CreatorId">Whom.</param>
/// <param name="IsFollowing">False when they ceased to.</param>
/// <param name="At">Unix milliseconds.</param>
public sealed record FollowChange(string UserId, string CreatorId, bool IsFollowing, long At);
