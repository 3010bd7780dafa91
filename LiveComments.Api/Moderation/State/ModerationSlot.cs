using LiveComments.Contracts;

namespace LiveComments.Api.Moderation.State;

/// <summary>
/// What an act decides, so that a later one of the same slot takes its place: the newest act of each slot is all there is
/// to know about what holds.
/// </summary>
/// <param name="StreamId">Empty for all streams.</param>
/// <param name="Name">What of it.</param>
/// <param name="UserId">Of whom; empty for what concerns nobody in particular.</param>
readonly record struct ModerationSlot(string StreamId, SlotName Name, string UserId)
{
    /// <summary>Null when the act decides nothing that goes on: what becomes of one comment.</summary>
    public static ModerationSlot? Of(ModerationAct act) => NameOf(act.Kind) is { } name ? new ModerationSlot(act.StreamId ?? "", name, act.UserId ?? "") : null;

    /// <summary>Whether it goes on holding, and is not what took something back.</summary>
    public static bool Holds(ModerationAct act, DateTimeOffset now) =>
        act.Kind is not (ModerationActKinds.LiftBan or ModerationActKinds.LiftMute or ModerationActKinds.LiftShadowMute or ModerationActKinds.RemoveModerator or ModerationActKinds.Unpin)
        && !(act.Until <= now.ToUnixTimeMilliseconds());

    private static SlotName? NameOf(string kind) => kind switch
    {
        ModerationActKinds.Ban or ModerationActKinds.LiftBan => SlotName.Ban,
        ModerationActKinds.Mute or ModerationActKinds.LiftMute => SlotName.Mute,
        ModerationActKinds.ShadowMute or ModerationActKinds.LiftShadowMute => SlotName.ShadowMute,
        ModerationActKinds.AddModerator or ModerationActKinds.RemoveModerator => SlotName.Moderator,
        ModerationActKinds.ChangeSettings => SlotName.Settings,
        ModerationActKinds.ChangeRules => SlotName.Rules,
        ModerationActKinds.Pin or ModerationActKinds.Unpin => SlotName.Pin,
        _ => null,
    };
}

/// <summary>Stored by number: new ones go to the end.</summary>
enum SlotName
{
    Ban,
    Mute,
    ShadowMute,
    Moderator,
    Settings,
    Rules,
    Pin,
}
