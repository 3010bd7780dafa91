namespace LiveComments.Contracts;

/// <summary>Figures of one stream, as they are now.</summary>
/// <param name="StreamId">The stream.</param>
/// <param name="ViewerCount">Who watches, over all nodes; a few seconds old.</param>
/// <param name="PeakViewerCount">The most who ever watched at once.</param>
/// <param name="CommentCount">Comments that were not taken back; exact.</param>
/// <param name="CommentsPerMinute">Comments of the last 60 s.</param>
/// <param name="UniqueCommenters">How many different users ever commented.</param>
/// <param name="ReactionCount">Reactions to the stream, of all types; those to comments don't count here.</param>
/// <param name="ReactionsPerMinute">Reactions to the stream in the last 60 s.</param>
/// <param name="MeasuredAt">Unix milliseconds.</param>
public sealed record StreamMetrics(
    string StreamId, int ViewerCount, int PeakViewerCount, long CommentCount, double CommentsPerMinute, long UniqueCommenters, long ReactionCount, double ReactionsPerMinute, long MeasuredAt);

/// <summary>A stream in a list of streams, with its counts of a moment ago.</summary>
public sealed record ListedStream : LiveStream
{
    /// <summary>Who watches, over all nodes.</summary>
    public required int ViewerCount { get; init; }

    /// <summary>Comments that were not taken back.</summary>
    public required long CommentCount { get; init; }

    /// <summary>Reactions to the stream, of all types.</summary>
    public required long ReactionCount { get; init; }
}
