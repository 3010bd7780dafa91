using System.ComponentModel.DataAnnotations;

namespace LiveComments.ServiceDefaults.Degradation;

/// <summary>When a service degrades, and when it returns. Section <c>Degradation</c>; changes of the configuration count at once.</summary>
public sealed class DegradationOptions : IValidatableObject
{
    public const string Section = "Degradation";

    /// <summary>A level is left below this part of the threshold at which it is entered, so that load which is just about there changes nothing.</summary>
    public const double LeaveBelow = 0.8;

    private static readonly TimeSpan MinDwell = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxDwell = TimeSpan.FromMinutes(10);

    /// <summary>False: always <see cref="DegradationLevel.Normal"/>, whatever is measured.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>By an operator's hand: this level, whatever is measured; null leaves it to the measured load.</summary>
    public DegradationLevel? Pinned { get; init; }

    /// <summary>So long the load must be above a level's threshold, without a break, before that level is entered.</summary>
    public TimeSpan EnterAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>So long the load must be below it before the level is left: longer, since to come too early costs more than to stay.</summary>
    public TimeSpan LeaveAfter { get; init; } = TimeSpan.FromSeconds(15);

    public ProcessorThresholds Processor { get; init; } = new();

    public DelayThresholds Delay { get; init; } = new();

    /// <summary>The highest level that the sample asks for, with all thresholds multiplied by <paramref name="part"/>.</summary>
    internal DegradationLevel LevelOf(LoadSample sample, double part)
    {
        for (var level = DegradationLevel.Shedding; level > DegradationLevel.Normal; level--)
        {
            if (sample.Processor >= Processor.Of(level) * part || sample.Delay >= Delay.Of(level) * part)
                return level;
        }

        return DegradationLevel.Normal;
    }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (EnterAfter < MinDwell || EnterAfter > MaxDwell)
            yield return new ValidationResult($"{Section}:{nameof(EnterAfter)} must be between {MinDwell} and {MaxDwell}: how long the load must be high before a level is entered.");
        if (LeaveAfter < MinDwell || LeaveAfter > MaxDwell)
            yield return new ValidationResult($"{Section}:{nameof(LeaveAfter)} must be between {MinDwell} and {MaxDwell}: how long the load must be low before a level is left.");
        if (Pinned is { } pinned && !Enum.IsDefined(pinned))
            yield return new ValidationResult($"{Section}:{nameof(Pinned)} must be one of {string.Join(", ", Enum.GetNames<DegradationLevel>())}, or left out.");
        double?[] shares = [Processor.Busy, Processor.Strained, Processor.Shedding];
        if (Array.Exists(shares, share => share is <= 0 or > 1) || !Ascend(shares))
            yield return new ValidationResult($"{Section}:{nameof(Processor)} must be shares above 0 and up to 1, for {nameof(Processor.Busy)}, {nameof(Processor.Strained)} and {nameof(Processor.Shedding)} in ascending order; leave one empty for never.");
        TimeSpan?[] delays = [Delay.Busy, Delay.Strained, Delay.Shedding];
        if (Array.Exists(delays, delay => delay <= TimeSpan.Zero) || !Ascend(delays))
            yield return new ValidationResult($"{Section}:{nameof(Delay)} must be times above zero (such as 00:00:00.150), for {nameof(Delay.Busy)}, {nameof(Delay.Strained)} and {nameof(Delay.Shedding)} in ascending order; leave one empty for never.");
    }

    private static bool Ascend<T>(T?[] thresholds) where T : struct, IComparable<T>
    {
        var said = thresholds.OfType<T>().ToList();
        return said.SequenceEqual(said.Order());
    }
}
