using System.Globalization;
using LiveComments.Api.Moderation.Reputation;
using LiveComments.Api.Moderation.Scores;
using LiveComments.Api.Moderation.Text;
using LiveComments.Contracts;

namespace LiveComments.Api.Moderation.Rules;

/// <summary>A comment that is about to be shown.</summary>
/// <param name="StreamId">Where.</param>
/// <param name="UserId">Whose.</param>
/// <param name="Content">As it would be stored.</param>
/// <param name="Mentions">The names in it.</param>
/// <param name="SinceFirstComment">How long ago its author's first comment was, zero when this is it; null when that is not known.</param>
/// <param name="Reputation">Of its author.</param>
readonly record struct Candidate(
    string StreamId, string UserId, string Content, IReadOnlyList<string> Mentions, TimeSpan? SinceFirstComment = null, double Reputation = Reputations.Neutral);

/// <summary>What was said lately that a comment may repeat.</summary>
readonly record struct Repetition(int ByUser, int OnStream);

/// <summary>Rules, ready to be run: what <see cref="ModerationRules"/> say. Immutable, shared by all who post. A hot path: each comment passes.</summary>
sealed class RuleSet
{
    public static readonly RuleSet Empty = new(new ModerationRules(), WordList.Empty, PatternList.Empty, LinkFilter.Off, language: null);

    /// <summary>Of any count; of seconds, that is eleven days.</summary>
    public const int MaxOfFlood = 1_000_000;

    /// <summary>Where a stream says nothing else: what is rather unlikely to be unwanted passes, what surely is goes, the rest is for a person.</summary>
    public const double DefaultHoldAbove = 0.3;
    public const double DefaultRejectAbove = 0.8;

    /// <summary>Where a rule says nothing else: three deleted comments lead there from the middle, where everybody begins.</summary>
    public const double DefaultReputationBelow = 0.25;

    private readonly ModerationRules _rules;
    private readonly WordList _words;
    private readonly PatternList _patterns;
    private readonly LinkFilter _links;
    private readonly LanguageFilter? _language;

    private RuleSet(ModerationRules rules, WordList words, PatternList patterns, LinkFilter links, LanguageFilter? language) =>
        (_rules, _words, _patterns, _links, _language) = (rules, words, patterns, links, language);

    /// <summary>The rules, or a sentence on what is wrong with them.</summary>
    /// <param name="rules">As somebody wrote them.</param>
    /// <param name="areTrusted">They were compiled before, so that nothing in them need be tried out again.</param>
    public static (RuleSet? Rules, string? Fault) Compile(ModerationRules rules, bool areTrusted = false)
    {
        var (words, wordFault) = WordList.Compile(rules.Words ?? []);
        if (words is null)
            return (null, wordFault);
        var (patterns, patternFault) = PatternList.Compile(rules.Patterns ?? [], areTrusted);
        if (patterns is null)
            return (null, patternFault);
        var (links, linkFault) = LinkFilter.Compile(rules.Links);
        if (links is null)
            return (null, linkFault);
        var (language, languageFault) = LanguageFilter.Compile(rules.Language);
        if (languageFault is not null)
            return (null, languageFault);
        return FaultOf(rules) is { } fault ? (null, fault) : (new RuleSet(rules, words, patterns, links, language), null);
    }

    /// <summary>Whether <see cref="Look"/> needs scores.</summary>
    public bool AsksForScores => _rules.Scores is not null || AsksForLanguage;

    /// <summary>Whether the language must be among them.</summary>
    public bool AsksForLanguage => _language is not null;

    /// <summary>Whether <see cref="Look"/> needs to know since when the author comments.</summary>
    public bool AsksForFirstComment => _rules.NewUsers is not null;

    /// <summary>What the rules make of the comment.</summary>
    /// <param name="comment">As it would be stored.</param>
    /// <param name="text">Its content.</param>
    /// <param name="repetition">How often it was said lately.</param>
    /// <param name="scores">What the models think of it.</param>
    public Verdict Look(in Candidate comment, FoldedText text, Repetition repetition, CommentScores scores = default)
    {
        var verdict = _words.Find(text).Or(_patterns.Find(comment.Content, text)).Or(_links.Find(comment.Content));
        if (_rules.Duplicates is { } duplicates)
        {
            if (repetition.ByUser > duplicates.PerUser)
                verdict = verdict.Or(Of(duplicates.Action, ReasonCodes.Duplicate));
            if (repetition.OnStream > duplicates.PerStream)
                verdict = verdict.Or(Of(duplicates.Action, ReasonCodes.Duplicate));
        }

        if (_rules.Mentions is { } mentions && comment.Mentions.Count > mentions.Max)
            verdict = verdict.Or(Of(mentions.Action, ReasonCodes.Mentions));
        if (_rules.Emoji is { } emoji && Emoji.CountIn(comment.Content) > emoji.Max)
            verdict = verdict.Or(Of(emoji.Action, ReasonCodes.Emoji));
        if (_rules.Scores is { } limits)
            verdict = verdict.Or(Of(scores, limits));
        if (_language is { } language)
            verdict = verdict.Or(language.Find(scores.Language));
        if (_rules.NewUsers is { } newUsers && comment.SinceFirstComment is { } since && since.TotalSeconds < newUsers.Max)
            verdict = verdict.Or(Of(newUsers.Action, ReasonCodes.NewUser));
        if (_rules.LowReputation is { } low && comment.Reputation < (low.Below ?? DefaultReputationBelow))
            verdict = verdict.Or(new Verdict(ActionOf(low.Action), ReasonCodes.LowReputation, comment.Reputation.ToString("0.00", CultureInfo.InvariantCulture)));
        return verdict;
    }

    private static Verdict Of(CommentScores scores, ScoreRule limits)
    {
        var worst = scores.Worst;
        var action = worst >= (limits.RejectAbove ?? DefaultRejectAbove) ? ModerationAction.Reject
            : worst >= (limits.HoldAbove ?? DefaultHoldAbove) ? ModerationAction.Hold
            : ModerationAction.Approve;
        if (action == ModerationAction.Approve)
            return Verdict.Fine;
        var reason = worst == scores.Toxicity ? ReasonCodes.Toxicity : worst == scores.Spam ? ReasonCodes.Spam : ReasonCodes.Unwanted;
        return new Verdict(action, reason, worst.ToString("0.00", CultureInfo.InvariantCulture));
    }

    private static Verdict Of(string action, string reason) =>
        new(ActionOf(action), reason);

    private static ModerationAction ActionOf(string action) => ModerationActionNames.TryParse(action, out var parsed) ? parsed : ModerationAction.Approve;

    private static string? FaultOf(ModerationRules rules)
    {
        foreach (var (name, flood) in new[] { ("mentions", rules.Mentions), ("emoji", rules.Emoji), ("newUsers", rules.NewUsers) })
        {
            if (flood is not null && !ModerationActionNames.TryParse(flood.Action, out _))
                return $"{name} has no 'action' of approve, hold, reject or drop.";
            if (flood?.Max is < 0 or > MaxOfFlood)
                return string.Create(CultureInfo.InvariantCulture, $"{name} has a 'max' that is not 0 to {MaxOfFlood}.");
        }

        if (rules.Scores is { } scores && !((scores.HoldAbove ?? DefaultHoldAbove) is > 0 and <= 2 && (scores.RejectAbove ?? DefaultRejectAbove) is > 0 and <= 2))
            return "scores has a threshold that is not between 0 and 1; a little more than 1 switches it off.";
        if (rules.LowReputation is { } low && (!ModerationActionNames.TryParse(low.Action, out _) || low.Below is not (null or > 0 and <= 1)))
            return "lowReputation has no 'action' of approve, hold, reject or drop, or a 'below' that is not between 0 and 1.";
        if (rules.Duplicates is not { } duplicates)
            return null;
        if (!ModerationActionNames.TryParse(duplicates.Action, out _))
            return "duplicates has no 'action' of approve, hold, reject or drop.";
        return duplicates is { PerUser: < 1 or > MaxOfFlood } or { PerStream: < 1 or > MaxOfFlood }
            ? string.Create(CultureInfo.InvariantCulture, $"duplicates has a 'perUser' or 'perStream' that is not 1 to {MaxOfFlood}.")
            : null;
    }
}
