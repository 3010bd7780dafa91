using System.ComponentModel.DataAnnotations;
using LiveComments.Contracts;

namespace LiveComments.Gateway.Routing;

/// <summary>How viewers come to their Fanout node. Section <c>Gateway</c>.</summary>
sealed class GatewayOptions : IValidatableObject
{
    public const string Section = "Gateway";

    /// <summary>Two heartbeats, and what a busy machine is late. By then probes have long found out that the node is not well, so nobody is sent there again.</summary>
    public static readonly TimeSpan DefaultNodeSilence = (2 * Limits.HeartbeatInterval) + TimeSpan.FromSeconds(5);

    // Twice the shortest heartbeat that a node can be set to; and what YARP bears at other connections.
    private static readonly TimeSpan ShortestNodeSilence = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestNodeSilence = Destinations.StreamActivityTimeout;

    /// <summary>Whether live connections go through the gateway, or straight to the node it names.</summary>
    public StreamMode StreamMode { get; init; } = StreamMode.Proxy;

    /// <summary>
    /// In <see cref="StreamMode.Proxy"/>: streams of events go from socket to socket as they are, over plain HTTP/1.1 and on Linux; else
    /// through YARP, as they do everywhere else.
    /// </summary>
    public bool RawStreams { get; init; } = true;

    /// <summary>
    /// With <see cref="RawStreams"/>: streams come from a node over few connections, each for many viewers, if the node takes them; else each over its own.
    /// </summary>
    public bool Trunks { get; init; } = true;

    /// <summary>
    /// In <see cref="StreamMode.Redirect"/>: where viewers reach each Fanout node, by the node's service name
    /// (<c>Gateway:PublicAddresses:fanout-1</c>). A node that isn't named is reached at the address that the gateway uses.
    /// </summary>
    public Dictionary<string, string> PublicAddresses { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Viewers that a node takes before its load counts at all: below it a stream stays in one place, where it is cheapest.
    /// </summary>
    [Range(1, 1_000_000)]
    public int SpillAbove { get; init; } = 2_000;

    /// <summary>Connections of clients at once, and as many open WebSockets; null: what the process's file limit leaves. With WebSockets, which take two files each, it is wise to set it.</summary>
    [Range(1, int.MaxValue)]
    public int? MaxConnections { get; init; }

    /// <summary>
    /// With <see cref="RawStreams"/>: a node that says nothing for so long, not even a heartbeat, hangs, and its viewers are cut off, so that they go
    /// elsewhere. At least twice as long as the nodes' <c>Live:Heartbeat</c>.
    /// </summary>
    public TimeSpan NodeSilence { get; init; } = DefaultNodeSilence;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (node, address) in PublicAddresses)
        {
            if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
                yield return new ValidationResult($"{Section}:{nameof(PublicAddresses)}:{node} is '{address}', which is no http or https address.");
        }

        if (NodeSilence < ShortestNodeSilence || NodeSilence > LongestNodeSilence)
            yield return new ValidationResult($"{Section}:{nameof(NodeSilence)} must be between {ShortestNodeSilence} and {LongestNodeSilence}: how long a node may say nothing, not even a heartbeat, before its viewers are sent elsewhere.");
    }
}

/// <summary>Who carries the bytes of a live connection.</summary>
enum StreamMode
{
    /// <summary>The gateway: one address for everything, at the cost of a second copy of each byte.</summary>
    Proxy,

    /// <summary>The node alone: the gateway answers 307 with the node's address. WebSockets, which follow no redirect, are proxied all the same.</summary>
    Redirect,
}
