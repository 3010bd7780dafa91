using System.Text.Json.Serialization;

namespace LiveComments.Contracts;

/// <summary>What is looked at before a comment is shown. A part that is null is not looked at.</summary>
public sealed record ModerationRules
{
    /// <summary>At most <see cref="ModerationLimits.MaxWords"/>.</summary>
    public IReadOnlyList<WordRule> Words { get; init; } = [];

    /// <summary>At most <see cref="ModerationLimits.MaxPatterns"/>.</summary>
    public IReadOnlyList<PatternRule> Patterns { get; init; } = [];

    public LinkRule? Links { get; init; }

    public DuplicateRule? Duplicates { get; init; }

    /// <summary>What the models think of it.</summary>
    public ScoreRule? Scores { get; init; }

    /// <summary>Which languages are spoken here.</summary>
    public LanguageRule? Language { get; init; }

    /// <summary>More mentions than this in one comment.</summary>
    public FloodRule? Mentions { get; init; }

    /// <summary>More emoji than this in one comment.</summary>
    public FloodRule? Emoji { get; init; }

    /// <summary>Whose first comment on any stream is younger than this many seconds, or is this one.</summary>
    public FloodRule? NewUsers { get; init; }

    /// <summary>Whose reputation is low.</summary>
    public ReputationRule? LowReputation { get; init; }
}

/// <summary>A word or phrase that is matched however it is disguised: case, width, accents, look-alikes, digits for letters, gaps.</summary>
/// <param name="Word">1 to <see cref="ModerationLimits.MaxWordLetters"/> letters and digits; what lies between words counts as one space.</param>
/// <param name="Action">One of <see cref="ModerationActions"/>; <see cref="ModerationActions.Approve"/> excepts what it matches from the other words.</param>
/// <param name="Match">One of <see cref="WordMatches"/>; whole words when left out.</param>
public sealed record WordRule(string Word, string Action, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Match = null);

/// <summary>A regular expression without back-references and look-around, matched without regard to case.</summary>
/// <param name="Pattern">At most <see cref="ModerationLimits.MaxPatternLength"/> characters.</param>
/// <param name="Action">One of <see cref="ModerationActions"/>.</param>
public sealed record PatternRule(string Pattern, string Action);

/// <summary>Web addresses in comments.</summary>
/// <param name="Action">One of <see cref="ModerationActions"/>, for addresses of domains that are not allowed.</param>
/// <param name="Allowed">Domains, each with its subdomains.</param>
public sealed record LinkRule(string Action, IReadOnlyList<string>? Allowed = null);

/// <summary>The same, or nearly the same, said again within a minute.</summary>
/// <param name="Action">One of <see cref="ModerationActions"/>.</param>
/// <param name="PerUser">How often one user may say it; more is too often. Null: as often as they like.</param>
/// <param name="PerStream">How often all users of a stream may say it, if it is longer than a few words.</param>
public sealed record DuplicateRule(string Action, int? PerUser = null, int? PerStream = null);

/// <summary>How likely, from 0 to 1, a comment may be toxic, spam, or what moderators here take away.</summary>
/// <param name="HoldAbove">Held from here on; 0.3 when left out.</param>
/// <param name="RejectAbove">Refused from here on; 0.8 when left out. More than 1 refuses none.</param>
public sealed record ScoreRule(double? HoldAbove = null, double? RejectAbove = null);

/// <summary>Comments in other languages than those that are allowed.</summary>
/// <param name="Action">One of <see cref="ModerationActions"/>, for comments that surely are in another language; short ones never are.</param>
/// <param name="Allowed">Codes such as <c>en</c>, of the languages that can be told apart; 1 to <see cref="ModerationLimits.MaxLanguages"/>.</param>
/// <param name="Confidence">How sure it must be, more than 0.5 and less than 1; 0.9 when left out.</param>
public sealed record LanguageRule(string Action, IReadOnlyList<string>? Allowed, double? Confidence = null);

/// <summary>More than so many.</summary>
/// <param name="Action">One of <see cref="ModerationActions"/>.</param>
/// <param name="Max">What is still allowed.</param>
public sealed record FloodRule(string Action, int Max);

/// <summary>Users about whom moderators decided badly more often than well.</summary>
/// <param name="Action">One of <see cref="ModerationActions"/>.</param>
/// <param name="Below">From 0 to 1: everybody begins with 0.5. 0.25 when left out.</param>
public sealed record ReputationRule(string Action, double? Below = null);

/// <summary>What a rule does with a comment, the mildest first.</summary>
public static class ModerationActions
{
    /// <summary>Shows it.</summary>
    public const string Approve = "approve";

    /// <summary>Keeps it for a moderator to look at; its author is told.</summary>
    public const string Hold = "hold";

    /// <summary>Refuses it; its author is told.</summary>
    public const string Reject = "reject";

    /// <summary>Takes it, and shows it to nobody. Its author is not told.</summary>
    public const string Drop = "drop";
}

/// <summary>How a word of a list is matched.</summary>
public static class WordMatches
{
    /// <summary>From one end of a word to the other.</summary>
    public const string Whole = "whole";

    /// <summary>Any word that begins with it.</summary>
    public const string Stem = "stem";
}

/// <summary>Bounds of what moderators may configure.</summary>
public static class ModerationLimits
{
    /// <summary>Words of one list.</summary>
    public const int MaxWords = 10_000;

    /// <summary>Letters of one word, after it has been brought into the form in which it is matched.</summary>
    public const int MaxWordLetters = 40;

    /// <summary>Regular expressions of one list: each is run over each comment.</summary>
    public const int MaxPatterns = 50;

    public const int MaxPatternLength = 200;

    /// <summary>Domains of one list.</summary>
    public const int MaxDomains = 500;

    /// <summary>Languages of one list.</summary>
    public const int MaxLanguages = 50;

    /// <summary>A moderator's words to an act.</summary>
    public const int MaxReasonCharacters = 300;

    /// <summary>A viewer's words to a report.</summary>
    public const int MaxNoteCharacters = 500;

    /// <summary>Of each reported comment, in a list of them.</summary>
    public const int MaxReportsShown = 20;

    public const int DefaultReportsToReview = 3;

    public const int MaxReportsToReview = 1000;

    /// <summary>A year; who asks for more means to have no comments.</summary>
    public const long MaxFollowSeconds = 366L * 24 * 3600;

    /// <summary>Whom one user follows.</summary>
    public const int MaxFollows = 1000;

    /// <summary>Ten years; what is meant for longer has no end.</summary>
    public const long MaxSanctionSeconds = 10L * 366 * 24 * 3600;

    /// <summary>Admission looks at all posts of a user that are younger.</summary>
    public const int MaxSlowModeSeconds = 600;

    /// <summary>Comments that one moderator takes to look at, at once.</summary>
    public const int MaxClaims = 20;

    /// <summary>Comments that one moderator leaves to others.</summary>
    public const int MaxLeft = 100;

    /// <summary>Moderators of one stream.</summary>
    public const int MaxModerators = 200;
}
