using System.ComponentModel.DataAnnotations;

namespace LiveComments.Fanout.Rooms;

/// <summary>The pace of frames: how long comments are gathered, by how many watch a stream on this node. Section <c>Batching</c>; zero gathers nothing.</summary>
sealed class BatchOptions
{
    public const string Section = "Batching";

    // More than this would be a conversation with a delay that everybody notices.
    private const string Longest = "00:00:05";

    public static readonly BatchOptions Default = new();

    [Range(typeof(TimeSpan), "00:00:00", Longest)]
    public TimeSpan Under1000 { get; init; } = TimeSpan.FromMilliseconds(100);

    [Range(typeof(TimeSpan), "00:00:00", Longest)]
    public TimeSpan Under10000 { get; init; } = TimeSpan.FromMilliseconds(200);

    [Range(typeof(TimeSpan), "00:00:00", Longest)]
    public TimeSpan Under100000 { get; init; } = TimeSpan.FromMilliseconds(250);

    [Range(typeof(TimeSpan), "00:00:00", Longest)]
    public TimeSpan Above { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Sends a second that this node may spend on comments that go out one by one. A room whose comments come more slowly
    /// than this, shared between all viewers of the node, gathers nothing; a faster one gathers as said above. With the
    /// default 16,000 viewers get 10 comments a second each at once, for some 60 % of a core. A viewer over WebSocket,
    /// TLS or HTTP/2 counts as three, a long poll as twenty. Zero: always gather.
    /// </summary>
    [Range(0, 100_000_000)]
    public int ImmediateSendsPerSecond { get; init; } = 160_000;
}
