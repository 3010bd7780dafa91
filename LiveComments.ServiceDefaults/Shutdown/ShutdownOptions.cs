using System.ComponentModel.DataAnnotations;

namespace LiveComments.ServiceDefaults.Shutdown;

/// <summary>How a service leaves. Section <c>Shutdown</c>.</summary>
public sealed class ShutdownOptions : IValidatableObject
{
    public const string Section = "Shutdown";

    /// <summary>Longer than the gateway needs to notice by its probes alone: 2 s between two, and 1 s for one.</summary>
    public static readonly TimeSpan DefaultLinger = TimeSpan.FromSeconds(4);

    /// <summary>What is left of <see cref="ServiceDefaults.ShutdownTimeout"/> must do for requests in flight and for the parts to stop.</summary>
    public static readonly TimeSpan LongestLinger = TimeSpan.FromSeconds(15);

    /// <summary>
    /// After SIGTERM the service says that it is not ready, and goes on serving for so long, so that whoever sends it requests has time to
    /// notice. Null: <see cref="DefaultLinger"/>; in Development not at all, since nobody wants to wait for Ctrl-C.
    /// </summary>
    public TimeSpan? Linger { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Linger < TimeSpan.Zero || Linger > LongestLinger)
            yield return new ValidationResult($"{Section}:{nameof(Linger)} must be between 0 and {LongestLinger}: how long the service goes on serving after SIGTERM, until others have noticed that it stops.");
    }
}
