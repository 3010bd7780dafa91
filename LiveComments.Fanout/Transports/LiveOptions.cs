using System.ComponentModel.DataAnnotations;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Connections;

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

    /// <summary>Whose system acknowledges nothing for this long is gone; looked at whenever something is sent, so a heartbeat later at most.</summary>
    public TimeSpan PeerTimeout { get; init; } = DeadPeers.Timeout;

    /// <summary>
    /// Viewers of one IP address (of IPv6: of one /64) on this node. A carrier's or a campus's shared address brings
    /// thousands of people; this is a quarter of what a node with 20,000 files holds, so one address alone can't fill it.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int MaxPerAddress { get; init; } = 5_000;

    /// <summary>Connections of one user on this node: tabs and devices, and those of a phone that lost the network and are not yet missed.</summary>
    [Range(1, int.MaxValue)]
    public int MaxPerUser { get; init; } = 20;

    /// <summary>How long viewers of a node that stops have for leaving it; shorter when whoever stops it is less patient.</summary>
    public TimeSpan Drain { get; init; } = Draining.Drain.Longest;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Heartbeat < MinHeartbeat || Heartbeat > Limits.HeartbeatInterval)
            yield return new ValidationResult($"Live:Heartbeat must be between {MinHeartbeat} and {Limits.HeartbeatInterval}.");
        if (PeerTimeout < MinHeartbeat || PeerTimeout > DeadPeers.Timeout)
            yield return new ValidationResult($"Live:PeerTimeout must be between {MinHeartbeat} and {DeadPeers.Timeout}.");
        if (Drain < TimeSpan.Zero || Drain > Draining.Drain.Longest)
            yield return new ValidationResult($"Live:Drain must be between 0 and {Draining.Drain.Longest}.");
        foreach (var origin in AllowedOrigins)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.GetLeftPart(UriPartial.Authority) != origin)
                yield return new ValidationResult($"Live:AllowedOrigins: '{origin}' is no origin, such as https://example.org.");
        }
    }
}
