namespace LiveComments.ServiceDefaults.Degradation;

/// <summary>From which share of the processor time each level is wanted; null where it never is.</summary>
public sealed class ProcessorThresholds
{
    public double? Busy { get; init; } = 0.85;

    public double? Strained { get; init; } = 0.95;

    /// <summary>By default never: a full processor that delays nothing is well used, and nothing is refused for it alone.</summary>
    public double? Shedding { get; init; }

    internal double? Of(DegradationLevel level) => level switch
    {
        DegradationLevel.Busy => Busy,
        DegradationLevel.Strained => Strained,
        _ => Shedding,
    };
}

/// <summary>From which delay each level is wanted; null where it never is.</summary>
public sealed class DelayThresholds
{
    /// <summary>Longer than the longest write of a big room takes another room's turn.</summary>
    public TimeSpan? Busy { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>What people notice in a conversation.</summary>
    public TimeSpan? Strained { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>A fifth of what a viewer may lag, a third of what a post waits for the log.</summary>
    public TimeSpan? Shedding { get; init; } = TimeSpan.FromSeconds(1);

    internal TimeSpan? Of(DegradationLevel level) => level switch
    {
        DegradationLevel.Busy => Busy,
        DegradationLevel.Strained => Strained,
        _ => Shedding,
    };
}
