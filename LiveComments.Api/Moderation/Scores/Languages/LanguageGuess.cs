namespace LiveComments.Api.Moderation.Scores.Languages;

/// <summary>Which languages a text may be in, and how likely each is. Immutable.</summary>
sealed class LanguageGuess
{
    /// <summary>Of a text that is too short, or has no letters that are known.</summary>
    public static readonly LanguageGuess None = new([]);

    private readonly double[] _likelihoods;

    /// <param name="likelihoods">In the order of <see cref="LanguageModel.Codes"/>, together 1; empty when nothing can be said.</param>
    public LanguageGuess(double[] likelihoods) => _likelihoods = likelihoods;

    /// <summary>The likeliest, as a code; null when nothing can be said.</summary>
    public string? Best => _likelihoods.Length == 0 ? null : LanguageModel.Codes[Array.IndexOf(_likelihoods, _likelihoods.Max())];

    /// <summary>How likely that is.</summary>
    public double Confidence => _likelihoods.Length == 0 ? 0 : _likelihoods.Max();

    /// <summary>How likely it is none of these, given by their places in <see cref="LanguageModel.Codes"/>; 0 when nothing can be said.</summary>
    public double IsNoneOf(ReadOnlySpan<int> languages)
    {
        if (_likelihoods.Length == 0)
            return 0;
        var others = 1.0;
        foreach (var language in languages)
            others -= _likelihoods[language];
        return others;
    }
}
