using System.Text.Json.Serialization;

namespace LiveComments.Contracts;

/// <summary>How a stream's conversation goes. Everybody may know.</summary>
public sealed record StreamSettings
{
    /// <summary>The time between two comments of one user, 0 to <see cref="ModerationLimits.MaxSlowModeSeconds"/>; 0 for none beside the rate limits.</summary>
    public int SlowModeSeconds { get; init; }

    /// <summary>Nobody but moderators comments.</summary>
    public bool CommentsOff { get; init; }

    /// <summary>Comments have nothing but emoji in them.</summary>
    public bool EmoteOnly { get; init; }

    /// <summary>Tightens everything at once while it is on, and leaves the other settings as they are.</summary>
    public bool ShieldMode { get; init; }

    /// <summary>
    /// Only who has followed the broadcaster for at least so many seconds comments, 0 to
    /// <see cref="ModerationLimits.MaxFollowSeconds"/>; absent when others do, too.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? FollowersOnlySeconds { get; init; }

    /// <summary>Only whose token says that they are subscribers comments.</summary>
    public bool SubscribersOnly { get; init; }

    /// <summary>
    /// How many reports bring a comment into the review queue, 1 to <see cref="ModerationLimits.MaxReportsToReview"/>;
    /// <see cref="ModerationLimits.DefaultReportsToReview"/> when left out.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ReportsToReview { get; init; }
}
