namespace LiveComments.Contracts;

/// <summary>What holds against a user, on one stream or on all.</summary>
/// <param name="StreamId">Null for all streams.</param>
/// <param name="UserId">Against whom.</param>
/// <param name="Kind">One of <see cref="SanctionKinds"/>.</param>
/// <param name="Reason">In the moderator's words.</param>
/// <param name="Until">Unix milliseconds; null until it is lifted.</param>
/// <param name="ById">Who imposed it.</param>
/// <param name="ByName">Their name.</param>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Name">What the user is called, in lists, of one who has commented; null for others.</param>
public sealed record Sanction(string? StreamId, string UserId, string Kind, string? Reason, long? Until, string ById, string ByName, long At, string? Name = null);

/// <summary>What can hold against a user.</summary>
public static class SanctionKinds
{
    /// <summary>May neither post nor watch as themselves.</summary>
    public const string Ban = "ban";

    /// <summary>May watch, but not post, and is told so.</summary>
    public const string Mute = "mute";

    /// <summary>Posts for themselves alone, and is not told.</summary>
    public const string ShadowMute = "shadow_mute";
}

/// <summary>Imposes a sanction, or changes the one there is.</summary>
/// <param name="Reason">At most <see cref="ModerationLimits.MaxReasonCharacters"/>.</param>
/// <param name="DurationSeconds">1 to <see cref="ModerationLimits.MaxSanctionSeconds"/>; until it is lifted when left out.</param>
public sealed record SanctionRequest(string? Reason = null, long? DurationSeconds = null);

/// <summary>Those that hold now, newest first.</summary>
public sealed record SanctionList(IReadOnlyList<Sanction> Sanctions);

/// <summary>Who moderates one stream, beside its broadcaster and those who moderate all.</summary>
/// <param name="UserIds">They.</param>
/// <param name="Names">User id → what they are called, of those who have commented.</param>
public sealed record ModeratorList(IReadOnlyList<string> UserIds, IReadOnlyDictionary<string, string> Names);
