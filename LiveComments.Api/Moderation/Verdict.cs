using LiveComments.Contracts;

namespace LiveComments.Api.Moderation;

/// <summary>What becomes of a comment; of several the highest counts.</summary>
enum ModerationAction
{
    Approve,
    Hold,
    Reject,
    Drop,
}

/// <summary>What a rule says about a comment, or all of them together.</summary>
/// <param name="Action">What becomes of it.</param>
/// <param name="Reason">One of <see cref="ReasonCodes"/>; empty for what nobody minds.</param>
/// <param name="Detail">Which word, pattern or address, for moderators.</param>
readonly record struct Verdict(ModerationAction Action, string Reason, string? Detail = null)
{
    public static readonly Verdict Fine = new(ModerationAction.Approve, "");

    /// <summary>The severer of the two; the first of equal ones.</summary>
    public Verdict Or(Verdict other) => other.Action > Action ? other : this;
}

static class ModerationActionNames
{
    // Written once, and not for each comment.
    public static string Of(ModerationAction action) => action switch
    {
        ModerationAction.Hold => ModerationActions.Hold,
        ModerationAction.Reject => ModerationActions.Reject,
        ModerationAction.Drop => ModerationActions.Drop,
        _ => ModerationActions.Approve,
    };

    public static bool TryParse(string? name, out ModerationAction action)
    {
        (var known, action) = name switch
        {
            ModerationActions.Approve => (true, ModerationAction.Approve),
            ModerationActions.Hold => (true, ModerationAction.Hold),
            ModerationActions.Reject => (true, ModerationAction.Reject),
            ModerationActions.Drop => (true, ModerationAction.Drop),
            _ => (false, default),
        };
        return known;
    }
}

/// <summary>Why a comment was held, refused or dropped: stable, for moderators, figures and audits.</summary>
static class ReasonCodes
{
    public const string Word = "word";
    public const string Pattern = "pattern";
    public const string Link = "link";
    public const string Duplicate = "duplicate";
    public const string Mentions = "mentions";
    public const string Emoji = "emoji";
    public const string NewUser = "new_user";
    public const string LowReputation = "low_reputation";
    public const string Toxicity = "toxicity";
    public const string Spam = "spam";
    public const string Unwanted = "unwanted";
    public const string Language = "language";
    public const string External = "external";
    public const string ExternalUnavailable = "external_unavailable";
    public const string Ban = "ban";
    public const string Mute = "mute";
    public const string ShadowMute = "shadow_mute";
    public const string CommentsOff = "comments_off";
    public const string EmoteOnly = "emote_only";
    public const string FollowersOnly = "followers_only";
    public const string FollowsUnknown = "follows_unknown";
    public const string SubscribersOnly = "subscribers_only";
}
