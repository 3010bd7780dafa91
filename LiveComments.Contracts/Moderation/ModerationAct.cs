using System.Text.Json.Serialization;

namespace LiveComments.Contracts;

/// <summary>What a moderator did: an entry of the log, from which everything follows, and a line of the audit.</summary>
public sealed record ModerationAct
{
    /// <summary>Snowflake in decimal.</summary>
    public required string Id { get; init; }

    /// <summary>The stream it holds on; null for all of them.</summary>
    public string? StreamId { get; init; }

    /// <summary>One of <see cref="ModerationActKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Who did it.</summary>
    public required string ById { get; init; }

    public required string ByName { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public required long At { get; init; }

    /// <summary>Why, in the moderator's words.</summary>
    public string? Reason { get; init; }

    /// <summary>The comment it is about, as it was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Comment? Comment { get; init; }

    /// <summary>The user it is about.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? UserId { get; init; }

    /// <summary>Unix milliseconds until which it holds; null for as long as nobody takes it back.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Until { get; init; }

    /// <summary>The settings before it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StreamSettings? Before { get; init; }

    /// <summary>The settings from here on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public StreamSettings? After { get; init; }

    /// <summary>The rules from here on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ModerationRules? Rules { get; init; }

    /// <summary>What it does to the reputation of those it concerns.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ReputationMove>? Moves { get; init; }
}

/// <summary>A user's reputation, which is 0 to 1 and begins in the middle, goes up or down.</summary>
/// <param name="UserId">Whose.</param>
/// <param name="By">How far; it goes neither below 0 nor above 1.</param>
public sealed record ReputationMove(string UserId, double By);

/// <summary>What a moderator can do, as <see cref="ModerationAct.Kind"/> says it.</summary>
public static class ModerationActKinds
{
    public const string DeleteComment = "comment.delete";
    public const string HideComment = "comment.hide";
    public const string UnhideComment = "comment.unhide";

    /// <summary>A reported comment stays: the reports are dismissed.</summary>
    public const string KeepComment = "comment.keep";
    public const string ApproveComment = "comment.approve";
    public const string RejectComment = "comment.reject";
    public const string Pin = "comment.pin";
    public const string Unpin = "comment.unpin";
    public const string Highlight = "comment.highlight";
    public const string Unhighlight = "comment.unhighlight";
    public const string Ban = "user.ban";
    public const string LiftBan = "user.ban.lift";
    public const string Mute = "user.mute";
    public const string LiftMute = "user.mute.lift";
    public const string ShadowMute = "user.shadow_mute";
    public const string LiftShadowMute = "user.shadow_mute.lift";
    public const string AddModerator = "moderator.add";
    public const string RemoveModerator = "moderator.remove";
    public const string ChangeSettings = "stream.settings";
    public const string ChangeRules = "stream.rules";
}

/// <summary>A page of the audit, newest first.</summary>
/// <param name="Acts">Their rules are left out: a list of words can be long.</param>
/// <param name="Next">Where the page after begins; null on the last.</param>
public sealed record ModerationActPage(IReadOnlyList<ModerationAct> Acts, string? Next);

/// <summary>Why, in the moderator's words.</summary>
/// <param name="Reason">At most <see cref="ModerationLimits.MaxReasonCharacters"/>.</param>
public sealed record ModerationReason(string? Reason = null);
