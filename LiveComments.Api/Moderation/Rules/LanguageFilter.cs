using System.Globalization;
using LiveComments.Api.Moderation.Scores.Languages;
using LiveComments.Contracts;

namespace LiveComments.Api.Moderation.Rules;

/// <summary>Finds comments that surely are in no language that is allowed.</summary>
sealed class LanguageFilter
{
    /// <summary>Where a stream says nothing else.</summary>
    public const double DefaultConfidence = 0.9;

    private readonly ModerationAction _action;
    private readonly double _confidence;
    private readonly int[] _allowed;

    private LanguageFilter(ModerationAction action, double confidence, int[] allowed) => (_action, _confidence, _allowed) = (action, confidence, allowed);

    /// <summary>The filter, null when there is no rule, or a sentence on what is wrong with the rule.</summary>
    public static (LanguageFilter? Filter, string? Fault) Compile(LanguageRule? rule)
    {
        if (rule is null)
            return (null, null);
        if (!ModerationActionNames.TryParse(rule.Action, out var action))
            return (null, "language has no 'action' of approve, hold, reject or drop.");
        if (rule.Confidence is { } given && !(given is > 0.5 and < 1))
            return (null, "language has a 'confidence' that is not more than 0.5 and less than 1.");
        if (rule.Allowed is not { Count: > 0 and <= ModerationLimits.MaxLanguages } languages)
            return (null, string.Create(CultureInfo.InvariantCulture, $"language.allowed must name 1 to {ModerationLimits.MaxLanguages} languages."));
        var allowed = new HashSet<int>();
        foreach (var language in languages)
        {
            // pt-BR: what is spoken where can't be told.
            if (language?.Split('-', '_')[0].ToLowerInvariant() is not { } code || Array.IndexOf(LanguageModel.Codes, code) is not (>= 0 and var place))
                return (null, $"language.allowed has '{language}'; the languages that can be told apart are {string.Join(", ", LanguageModel.Codes)}.");
            allowed.Add(place);
        }

        return (new LanguageFilter(action, rule.Confidence ?? DefaultConfidence, [.. allowed]), null);
    }

    public Verdict Find(LanguageGuess? guess) =>
        guess is not null && guess.IsNoneOf(_allowed) >= _confidence ? new Verdict(_action, ReasonCodes.Language, guess.Best) : Verdict.Fine;
}
