using System.ComponentModel.DataAnnotations;
using LiveComments.Contracts;

namespace LiveComments.Fanout.Transports;

/// <summary>How viewers are held. Section <c>Live</c>.</summary>
sealed class LiveOptions : IValidatableObject
{
    public const string Section = "Live";

    // More often than this is noise, and costs a packet per viewer.
    private static readonly TimeSpan MinHeartbeat = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Pages of these origins (<c>https://example.org</c>) may open a WebSocket here, besides pages of this very host.
    /// </summary>
    public string[] AllowedOrigins { get; init; } = [];

    /// <summary>How often a silent connection is told that it is alive; shorter when a proxy in between is less patient.</summary>
    public TimeSpan Heartbeat { get; init; } = Limits.HeartbeatInterval;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Heartbeat < MinHeartbeat || Heartbeat > Limits.HeartbeatInterval)
            yield return new ValidationResult($"Live:Heartbeat must be between {MinHeartbeat} and {Limits.HeartbeatInterval}.");
        foreach (var origin in AllowedOrigins)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.GetLeftPart(UriPartial.Authority) != origin)
                yield return new ValidationResult($"Live:AllowedOrigins: '{origin}' is no origin, such as https://example.org.");
        }
    }
}
