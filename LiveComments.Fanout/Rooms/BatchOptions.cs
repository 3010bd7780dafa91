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
}
