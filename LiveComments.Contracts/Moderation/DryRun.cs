namespace LiveComments.Contracts;

/// <summary>Rules that are not in force yet, to be tried on what was said before.</summary>
/// <param name="Rules">The draft: what would take the place of the stream's own rules. Those of all streams count as they are.</param>
/// <param name="From">Unix milliseconds; what was posted before is left out. From the stream's beginning when left out.</param>
/// <param name="To">Unix milliseconds; what was posted from then on is left out. To what was posted last when left out.</param>
/// <param name="Limit">How many changed comments the answer lists, 1 to <see cref="Limits.MaxPageSize"/>; <see cref="Limits.DefaultPageSize"/> when left out. All are counted.</param>
/// <param name="Cursor">The <see cref="DryRun.Next"/> of the answer before, or a <see cref="DryRun.ChangedNext"/>.</param>
public sealed record DryRunRequest(ModerationRules? Rules, long? From = null, long? To = null, int? Limit = null, string? Cursor = null);

/// <summary>
/// What the draft would have made of a piece of the past, compared with the rules in force. Nothing is changed by it. A piece is what can be
/// looked at in about a second: ask on with <see cref="Next"/>, add the counts up, and stop whenever you like.
/// </summary>
/// <param name="Examined">Comments of this piece.</param>
/// <param name="Before">What becomes of them under the rules in force, by action and reason.</param>
/// <param name="After">The same under the draft.</param>
/// <param name="ChangedCount">How many of them have another action under the draft.</param>
/// <param name="Changed">The first of those, oldest first.</param>
/// <param name="ChangedNext">Asked on with this, the changed comments that were not listed are; null when all were.</param>
/// <param name="RemovedExamined">Comments that were taken away after they had been shown; looked at, but neither counted above nor listed.</param>
/// <param name="RemovedCaught">Of those, the ones that the draft would not have shown.</param>
/// <param name="Through">Unix milliseconds at which the last comment of this piece was posted; null when it has none.</param>
/// <param name="Progress">How much of the time that was asked for is looked at with this piece, 0 to 1.</param>
/// <param name="Next">Leads to the piece after; null at the end.</param>
public sealed record DryRun(
    int Examined, IReadOnlyList<DryRunCount> Before, IReadOnlyList<DryRunCount> After, int ChangedCount, IReadOnlyList<DryRunChange> Changed, string? ChangedNext,
    int RemovedExamined, int RemovedCaught, long? Through, double Progress, string? Next);

/// <summary>So many comments that the same becomes of, for the same reason.</summary>
/// <param name="Action">One of <see cref="ModerationActions"/>.</param>
/// <param name="Reason">Which kind of rule it is; empty for what nobody minds.</param>
/// <param name="Count">How many.</param>
public sealed record DryRunCount(string Action, string Reason, int Count);

/// <summary>A comment that the draft makes a difference to.</summary>
/// <param name="Comment">As it was posted.</param>
/// <param name="Stored">What became of it then: <see cref="ModerationActions.Approve"/> when it was shown, <see cref="ModerationActions.Hold"/> or <see cref="ModerationActions.Drop"/>.</param>
/// <param name="Before">What the rules in force say.</param>
/// <param name="After">What the draft says.</param>
/// <param name="Scores">What the models think of it, today.</param>
public sealed record DryRunChange(Comment Comment, string Stored, DryRunVerdict Before, DryRunVerdict After, TextScores Scores);

/// <summary>What rules say about a comment.</summary>
/// <param name="Action">One of <see cref="ModerationActions"/>.</param>
/// <param name="Reason">Which kind of rule it is; empty for what nobody minds.</param>
/// <param name="Detail">Which word, pattern or address.</param>
public sealed record DryRunVerdict(string Action, string Reason, string? Detail);

/// <summary>What the models of this deployment think of a text.</summary>
/// <param name="Toxicity">0 to 1: how likely it insults or threatens somebody.</param>
/// <param name="Spam">0 to 1: how likely it wants to sell or lure.</param>
/// <param name="Unwanted">0 to 1: how likely moderators here take such texts away.</param>
/// <param name="Sentiment">0 sad or angry, 1 glad, a half neither.</param>
/// <param name="Language">The likeliest language, as a code such as <c>en</c>; null when nobody could tell.</param>
/// <param name="LanguageConfidence">0 to 1: how sure that is.</param>
public sealed record TextScores(double Toxicity, double Spam, double Unwanted, double Sentiment, string? Language, double LanguageConfidence);
