namespace LiveComments.Contracts;

/// <summary>What happened on a stream over time, for who broadcasts or moderates it: a column for each figure, all of one length.</summary>
public sealed record StreamAnalytics
{
    public required string StreamId { get; init; }

    /// <summary>Unix milliseconds at which the first step begins.</summary>
    public required long From { get; init; }

    /// <summary>Unix milliseconds at which the last step ends; in the future while that step goes on.</summary>
    public required long To { get; init; }

    /// <summary>How long a step is; whole minutes.</summary>
    public required int StepSeconds { get; init; }

    /// <summary>Unix milliseconds at which each step begins.</summary>
    public required IReadOnlyList<long> Times { get; init; }

    /// <summary>Comments that were shown, whatever became of them later.</summary>
    public required IReadOnlyList<int> Comments { get; init; }

    /// <summary>Different users who commented; exact up to <see cref="AnalyticsLimits.ExactCommenters"/> of one step, and some four per cent off beyond.</summary>
    public required IReadOnlyList<int> Commenters { get; init; }

    /// <summary>Reactions to the stream, of all types.</summary>
    public required IReadOnlyList<long> Reactions { get; init; }

    /// <summary>Who watched, on average; null where nobody was seen watching.</summary>
    public required IReadOnlyList<double?> Viewers { get; init; }

    /// <summary>The most who were seen watching at once; null where nobody was.</summary>
    public required IReadOnlyList<int?> PeakViewers { get; init; }

    /// <summary>The mood of what was said, on average: 0 sad or angry, 1 glad, a half neither; null where nothing was said.</summary>
    public required IReadOnlyList<double?> Sentiment { get; init; }

    /// <summary>Comments that were held for a moderator.</summary>
    public required IReadOnlyList<int> Held { get; init; }

    /// <summary>Held comments that a moderator let pass; they are among <see cref="Comments"/>, too.</summary>
    public required IReadOnlyList<int> Approved { get; init; }

    /// <summary>Comments that were refused: by a rule, a setting, or because of who wrote them.</summary>
    public required IReadOnlyList<int> Rejected { get; init; }

    /// <summary>Comments that were taken and shown to nobody.</summary>
    public required IReadOnlyList<int> Dropped { get; init; }

    public required AnalyticsTotals Totals { get; init; }

    /// <summary>Those of this time with the most reactions and replies, best first; without those that were taken away.</summary>
    public required IReadOnlyList<Comment> TopComments { get; init; }

    /// <summary>The stream goes on.</summary>
    public required bool IsLive { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public required long MeasuredAt { get; init; }
}

/// <summary>All steps together.</summary>
/// <param name="Comments">Comments that were shown.</param>
/// <param name="Commenters">Different users who commented.</param>
/// <param name="Reactions">Reactions to the stream.</param>
/// <param name="PeakViewers">The most who were seen watching at once; 0 when nobody was.</param>
/// <param name="Sentiment">The mood on average; null when nothing was said.</param>
/// <param name="Held">Comments that were held.</param>
/// <param name="Approved">Of those, the ones that a moderator let pass.</param>
/// <param name="Rejected">Comments that were refused.</param>
/// <param name="Dropped">Comments that were taken and shown to nobody.</param>
/// <param name="HeldShare">Of all comments that people tried to post, those that were held: 0 to 1.</param>
/// <param name="RejectedShare">The same of those that were refused or dropped.</param>
public sealed record AnalyticsTotals(
    long Comments, long Commenters, long Reactions, int PeakViewers, double? Sentiment, long Held, long Approved, long Rejected, long Dropped, double HeldShare, double RejectedShare);

/// <summary>Bounds of analytics.</summary>
public static class AnalyticsLimits
{
    /// <summary>What is counted is counted by the minute.</summary>
    public const int MinStepSeconds = 60;

    public const int MaxStepSeconds = 86_400;

    /// <summary>Steps of one answer: a day by the minute.</summary>
    public const int MaxSteps = 1_440;

    /// <summary>The longest time that one answer covers, in days.</summary>
    public const int MaxDays = 31;

    /// <summary>Steps of an answer when the request doesn't say how long they are: as many as a chart can show.</summary>
    public const int DefaultSteps = 240;

    /// <summary>Different users of one step who are counted exactly.</summary>
    public const int ExactCommenters = 512;

    /// <summary>Best comments of one answer.</summary>
    public const int TopComments = 10;
}
