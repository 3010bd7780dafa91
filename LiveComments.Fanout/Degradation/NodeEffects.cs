using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Degradation;

namespace LiveComments.Fanout.Degradation;

/// <summary>What this node does at present. All rooms ask here, at each frame; so a change counts from their next one.</summary>
sealed class NodeEffects(DegradationState state, EffectsOptions levels)
{
    /// <summary>As everything should be, whatever is measured.</summary>
    public static readonly NodeEffects Unchanging = new(new DegradationState(), new EffectsOptions());

    // Gathered for longer, it would be no conversation.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    // What a room that gathers nothing gathers for when it has to.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    public DegradationLevel Level => state.Level;

    public LevelEffects Current => levels.Of(state.Level);

    /// <summary>Whether comments of a calm room may go out one by one.</summary>
    public bool SendsSingly => state.Level == DegradationLevel.Normal;

    /// <summary>How long comments are gathered that would otherwise be gathered for <paramref name="interval"/>.</summary>
    public TimeSpan Gathered(TimeSpan interval)
    {
        if (state.Level == DegradationLevel.Normal)
            return interval;
        var longer = Math.Max(interval.Ticks, Shortest.Ticks) * Current.BatchFactor;
        return TimeSpan.FromTicks(Math.Max(interval.Ticks, (long)Math.Min(longer, Longest.Ticks)));
    }

    /// <summary>The level by its name on the wire.</summary>
    public static string NameOf(DegradationLevel level) => level switch
    {
        DegradationLevel.Normal => LoadLevels.Normal,
        DegradationLevel.Busy => LoadLevels.Busy,
        DegradationLevel.Strained => LoadLevels.Strained,
        _ => LoadLevels.Shedding,
    };
}
