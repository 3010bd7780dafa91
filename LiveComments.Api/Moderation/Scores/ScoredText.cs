using LiveComments.Api.Moderation.Rules;

namespace LiveComments.Api.Moderation.Scores;

/// <summary>All that a text's scores hang on.</summary>
/// <param name="Whole">Of its plain letters: <see cref="Shingles.Whole"/>.</param>
/// <param name="Letters">How many these are.</param>
/// <param name="HasLink">Its plain letters don't tell that: "foe.com" has those of "foe com".</param>
readonly record struct ScoredText(ulong Whole, int Letters, bool HasLink);
