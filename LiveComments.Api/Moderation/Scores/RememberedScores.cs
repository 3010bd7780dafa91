using System.Collections.Concurrent;
using LiveComments.Api.Moderation.Rules;

namespace LiveComments.Api.Moderation.Scores;

/// <summary>All that a text's scores hang on.</summary>
/// <param name="Whole">Of its plain letters: <see cref="Shingles.Whole"/>.</param>
/// <param name="Letters">How many these are.</param>
/// <param name="HasLink">Its plain letters don't tell that: "foe.com" has those of "foe com".</param>
readonly record struct ScoredText(ulong Whole, int Letters, bool HasLink);

/// <summary>The scores of texts that came lately: of identical ones, and of those that differ in case, signs and look-alikes alone.</summary>
sealed class RememberedScores
{
    // Some 4 MB. When they are as many, all are forgotten.
    private const int Max = 50_000;

    private readonly ConcurrentDictionary<ScoredText, CommentScores> _scores = [];
    // The dictionary's own count takes all of its locks, which each new text would wait for.
    private int _count;

    public bool TryGet(ScoredText text, out CommentScores scores) => _scores.TryGetValue(text, out scores);

    public void Add(ScoredText text, CommentScores scores)
    {
        if (!_scores.TryAdd(text, scores) || Interlocked.Increment(ref _count) < Max)
            return;
        Interlocked.Exchange(ref _count, 0);
        _scores.Clear();
    }
}
