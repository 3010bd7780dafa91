using LiveComments.Api.Moderation.Scores.Languages;

namespace LiveComments.Api.Moderation.Scores;

/// <summary>What a text looks like, each 0 to 1.</summary>
/// <param name="Toxicity">How likely it insults or threatens somebody.</param>
/// <param name="Spam">How likely it wants to sell or lure.</param>
/// <param name="Unwanted">How likely moderators of this deployment take such texts away; begins as the two together, and learns from what they do.</param>
/// <param name="Sentiment">0 for sad and angry, 1 for glad, around a half for neither.</param>
/// <param name="Language">Which languages it may be in; null when nobody asked.</param>
readonly record struct CommentScores(double Toxicity, double Spam, double Unwanted, double Sentiment, LanguageGuess? Language = null)
{
    /// <summary>What counts against it.</summary>
    public double Worst => Math.Max(Unwanted, Math.Max(Toxicity, Spam));
}
