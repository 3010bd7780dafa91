using System.ComponentModel.DataAnnotations;

namespace LiveComments.ServiceDefaults.Telemetry;

/// <summary>What is traced. Section <c>Telemetry</c>. The standard's <c>OTEL_TRACES_SAMPLER</c> takes the place of both.</summary>
public sealed class TelemetryOptions : IValidatableObject
{
    public const string Section = "Telemetry";

    /// <summary>Of a busy system enough to see what is slow, and a hundredth of the cost of all.</summary>
    public const double DefaultTraceRatio = 0.01;

    /// <summary>The share of requests that are traced, 0 to 1; null: all in Development, else <see cref="DefaultTraceRatio"/>.</summary>
    public double? TraceRatio { get; init; }

    /// <summary>
    /// Whether a request is traced when its caller's <c>traceparent</c> says so, as it must be behind a gateway of ours. Where
    /// anybody may call, nobody outside decides how much is traced: the ratio does, whatever the caller says.
    /// </summary>
    public bool TrustCallers { get; init; } = true;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (TraceRatio is not (null or (>= 0 and <= 1)))
            yield return new ValidationResult($"{Section}:{nameof(TraceRatio)} is {TraceRatio}; it must be from 0 (nothing is traced) to 1 (everything is).");
    }
}
