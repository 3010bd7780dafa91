using LiveComments.Api.Moderation.Rules;
using LiveComments.Api.Moderation.Scores;
using LiveComments.Api.Moderation.Text;
using LiveComments.Contracts;

namespace LiveComments.Api.Moderation.Trial;

/// <summary>What two sets of rules say about what was said, comment by comment and in its order. For one piece of one stream.</summary>
/// <param name="forAll">The rules of all streams, which count beside either.</param>
/// <param name="inForce">The stream's own.</param>
/// <param name="draft">Those that would take their place.</param>
/// <param name="scorer">Scores as it would today.</param>
/// <param name="reputationOf">What an author's is today.</param>
/// <param name="mayModerate">Whether an author said what they liked.</param>
sealed class RulesTrial(RuleSet forAll, RuleSet inForce, RuleSet draft, CommentScorer scorer, Func<string, double> reputationOf, Func<PastComment, bool> mayModerate)
{
    private readonly PastClock _clock = new();
    private RecentTexts? _recent;

    /// <summary>Only to be remembered, for what repeats it.</summary>
    public void Hear(PastComment past)
    {
        if (!mayModerate(past))
        {
            using var folded = FoldedText.Of(past.Comment.Content);
            Repeated(past, folded);
        }
    }

    public (Verdict Before, Verdict After) Look(PastComment past)
    {
        if (mayModerate(past))
            return (Verdict.Fine, Verdict.Fine);
        var comment = past.Comment;
        using var text = FoldedText.Of(comment.Content);
        var repetition = Repeated(past, text);
        var candidate = new Candidate(comment.StreamId, comment.UserId, comment.Content, comment.Mentions, SinceFirstComment: null, reputationOf(comment.UserId));
        var asks = forAll.AsksForScores || inForce.AsksForScores || draft.AsksForScores;
        var scores = asks ? scorer.Score(comment.Content, text, forAll.AsksForLanguage || inForce.AsksForLanguage || draft.AsksForLanguage) : default;
        var ofAll = forAll.Look(candidate, text, repetition, scores);
        return (ofAll.Or(inForce.Look(candidate, text, repetition, scores)), ofAll.Or(draft.Look(candidate, text, repetition, scores)));
    }

    public TextScores ScoresOf(string content)
    {
        using var text = FoldedText.Of(content);
        var scores = scorer.Score(content, text, withLanguage: true);
        return new TextScores(
            Math.Round(scores.Toxicity, 3), Math.Round(scores.Spam, 3), Math.Round(scores.Unwanted, 3), Math.Round(scores.Sentiment, 3), scores.Language?.Best, Math.Round(scores.Language?.Confidence ?? 0, 3));
    }

    private Repetition Repeated(PastComment past, FoldedText text)
    {
        _clock.At(past.Comment.CreatedAt);
        _recent ??= new RecentTexts(_clock);
        var (byUser, onStream) = _recent.Add(past.Comment.UserId, past.Comment.StreamId, Shingles.Of(text.Plain));
        return new Repetition(byUser, onStream);
    }

    /// <summary>Stands at the moment at which a comment was posted; comments of several processes may lie some milliseconds out of order, the clock never goes back.</summary>
    private sealed class PastClock : TimeProvider
    {
        private long _now = 1;

        public override long TimestampFrequency => 1_000;

        public void At(long unixMs) => _now = Math.Max(_now, unixMs);

        public override long GetTimestamp() => _now;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(_now);
    }
}
