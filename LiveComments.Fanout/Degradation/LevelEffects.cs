using System.ComponentModel.DataAnnotations;

namespace LiveComments.Fanout.Degradation;

/// <summary>What a node does at one level of degradation. Nothing of it loses anything: what is gathered, left out of what is shown or not said again is in the log.</summary>
sealed record LevelEffects
{
    /// <summary>Comments are gathered for so many times as long.</summary>
    [Range(1.0, 20.0)]
    public double BatchFactor { get; init; } = 1;

    /// <summary>So much of what would be shown a second of a fast stream is shown.</summary>
    [Range(0.02, 1.0)]
    public double CommentShare { get; init; } = 1;

    /// <summary>Comments that a first join is given.</summary>
    [Range(1, Contracts.Limits.BackfillComments)]
    public int BackfillComments { get; init; } = Contracts.Limits.BackfillComments;

    /// <summary>Viewers are told how many watch, and how many comments there are, no more often than this; zero: whenever it is known.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan FiguresInterval { get; init; }
}
