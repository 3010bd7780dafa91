using LiveComments.Api.Moderation.Rules;
using LiveComments.Api.Moderation.Scores.Languages;
using LiveComments.Api.Moderation.Text;
using LiveComments.Contracts;

namespace LiveComments.Api.Moderation.Scores;

/// <summary>
/// Scores comments by models of our own, in this process: some ten microseconds each, and nothing leaves the host. It
/// learns from what moderators do; since acts lie in the log, every process learns the same.
/// </summary>
sealed class CommentScorer
{
    // What a moderator decides says more than an example that somebody wrote beforehand.
    private const int TimesPerDecision = 3;

    // In the model's own measure, where 0 is as likely as not. Chosen so that of ordinary comments that no model has seen
    // nearly none is held, and of plain insults and advertising nearly all are.
    private const double Doubt = 1.5;

    // Of texts that were scored lately: of identical ones, and of those that differ in case, signs and look-alikes alone. Some 4 MB.
    private const int MaxScores = 50_000;

    // Some 5 MB.
    private const int MaxLanguages = 20_000;

    private readonly Lock _lock = new();
    private readonly Remembered<(ScoredText, int), LanguageGuess> _languages = new(MaxLanguages);
    private volatile Models _models;

    public CommentScorer()
    {
        var (toxicity, spam, unwanted, sentiment) = Prior.Learn();
        _models = new Models(toxicity, spam, unwanted, sentiment);
    }

    /// <param name="content">As it was written.</param>
    /// <param name="text">The same, folded.</param>
    /// <param name="withLanguage">Whether somebody asks for the language.</param>
    public CommentScores Score(string content, FoldedText text, bool withLanguage = false)
    {
        var models = _models;
        var shingles = Shingles.Of(text.Plain);
        var hasLink = LinkFilter.HostsIn(content).Count > 0;
        var key = new ScoredText(shingles.Whole, shingles.Letters, hasLink);
        if (!models.Remembered.TryGet(key, out var scores))
        {
            scores = Scored(models, text, hasLink);
            models.Remembered.Add(key, scores);
        }

        // Emoji are no part of what texts are remembered by.
        return scores with { Sentiment = Moods.With(scores.Sentiment, content), Language = withLanguage ? LanguageOf(content, key) : null };
    }

    // Told by the letters as they were written: "сор" is another language than "cop", which looks the same.
    private LanguageGuess LanguageOf(string content, ScoredText text)
    {
        var key = (text, content.GetHashCode(StringComparison.Ordinal));
        if (!_languages.TryGet(key, out var guess))
            _languages.Add(key, guess = LanguageModel.Shared.Guess(content));
        return guess;
    }

    private static CommentScores Scored(Models models, FoldedText text, bool hasLink)
    {
        var features = TextFeatures.Of(text, hasLink);
        return new CommentScores(
            models.Toxicity.Score(features, Doubt), models.Spam.Score(features, Doubt), models.Unwanted.Score(features, Doubt),
            features.Length == 0 ? Moods.Neutral : models.Sentiment.Score(features), Language: null);
    }

    /// <summary>The text's mood, as <see cref="CommentScores.Sentiment"/>.</summary>
    public double MoodOf(string content)
    {
        using var text = FoldedText.Of(content);
        return Score(content, text).Sentiment;
    }

    /// <summary>Learns from an act that says what a moderator thinks of another's comment; from others nothing.</summary>
    public void Learn(ModerationAct act)
    {
        Learn([act]);
    }

    /// <summary>The same, of many at once, oldest first.</summary>
    public void Learn(IEnumerable<ModerationAct> acts) =>
        Learn([.. from act in acts
                  where act.Comment is { } comment && IsUnwanted(act.Kind) is not null && act.ById != comment.UserId
                  select (Prior.FeaturesOf(act.Comment!.Content), IsUnwanted(act.Kind) == true)]);

    private void Learn(IReadOnlyList<(int[] Features, bool IsOfKind)> examples)
    {
        if (examples.Count == 0)
            return;
        lock (_lock)
            _models = _models with { Unwanted = _models.Unwanted.With(examples, TimesPerDecision), Remembered = new(MaxScores) };
    }

    private static bool? IsUnwanted(string kind) => kind switch
    {
        ModerationActKinds.RejectComment or ModerationActKinds.DeleteComment or ModerationActKinds.HideComment => true,
        ModerationActKinds.ApproveComment or ModerationActKinds.KeepComment or ModerationActKinds.UnhideComment => false,
        _ => null,
    };

    private sealed record Models(LinearModel Toxicity, LinearModel Spam, LinearModel Unwanted, LinearModel Sentiment)
    {
        public Remembered<ScoredText, CommentScores> Remembered { get; init; } = new(MaxScores);
    }
}
