using System.ComponentModel.DataAnnotations;
using LiveComments.ServiceDefaults.Degradation;

namespace LiveComments.Fanout.Degradation;

/// <summary>What each level means. Section <c>Degradation:Levels</c>.</summary>
sealed class EffectsOptions : IValidatableObject
{
    public const string Section = $"{DegradationOptions.Section}:Levels";

    public static readonly LevelEffects Normal = new();

    /// <summary>What costs most goes first: half as many sends, and none for single comments. Nobody misses a figure for five seconds.</summary>
    public LevelEffects Busy { get; init; } = new() { BatchFactor = 2, FiguresInterval = TimeSpan.FromSeconds(5) };

    public LevelEffects Strained { get; init; } = new() { BatchFactor = 4, CommentShare = 0.5, BackfillComments = 25, FiguresInterval = TimeSpan.FromSeconds(10) };

    public LevelEffects Shedding { get; init; } = new() { BatchFactor = 8, CommentShare = 0.2, BackfillComments = 10, FiguresInterval = TimeSpan.FromSeconds(30) };

    public LevelEffects Of(DegradationLevel level) => level switch
    {
        DegradationLevel.Normal => Normal,
        DegradationLevel.Busy => Busy,
        DegradationLevel.Strained => Strained,
        _ => Shedding,
    };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var level in Enum.GetValues<DegradationLevel>())
        {
            var faults = new List<ValidationResult>();
            Validator.TryValidateObject(Of(level), new ValidationContext(Of(level)), faults, validateAllProperties: true);
            foreach (var fault in faults)
                yield return new ValidationResult($"{Section}:{level}: {fault.ErrorMessage}");
        }
    }
}
