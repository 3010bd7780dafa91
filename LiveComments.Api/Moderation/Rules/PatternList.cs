using System.Globalization;
using System.Text.RegularExpressions;
using LiveComments.Api.Moderation.Text;
using LiveComments.Contracts;

namespace LiveComments.Api.Moderation.Rules;

/// <summary>
/// Regular expressions, run by the engine that never goes back: its time is linear in the text, whatever the expression.
/// Each is run over the text as it was written, and over its plain form.
/// </summary>
sealed class PatternList
{
    public static readonly PatternList Empty = new([]);

    // Of one expression and one text. Ordinary ones take microseconds; one that takes this long is one that nobody should
    // have let in, and finds nothing.
    private static readonly TimeSpan RunTimeout = TimeSpan.FromMilliseconds(50);

    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    // Texts that make expensive expressions show that they are: long, of few different characters, with a near miss at the end.
    private static readonly string[] HostileTexts =
        [new string('a', 4000) + "!", string.Concat(Enumerable.Repeat("ab", 2000)) + "c", string.Concat(Enumerable.Repeat("0 ", 2000)) + "x", new string('é', 4000)];

    private readonly IReadOnlyList<(Regex Expression, ModerationAction Action)> _patterns;

    private PatternList(IReadOnlyList<(Regex, ModerationAction)> patterns) => _patterns = patterns;

    /// <summary>The list, or a sentence on what is wrong with it.</summary>
    public static (PatternList? List, string? Fault) Compile(IReadOnlyList<PatternRule> rules, bool areTrusted = false)
    {
        if (rules.Count > ModerationLimits.MaxPatterns)
            return (null, string.Create(CultureInfo.InvariantCulture, $"patterns: a list has at most {ModerationLimits.MaxPatterns} patterns."));
        var patterns = new List<(Regex, ModerationAction)>(rules.Count);
        for (var index = 0; index < rules.Count; index++)
        {
            var (pattern, action, fault) = CompileOne(rules[index], areTrusted);
            if (pattern is null)
                return (null, string.Create(CultureInfo.InvariantCulture, $"patterns[{index}] {fault}"));
            patterns.Add((pattern, action));
        }

        return (patterns.Count == 0 ? Empty : new PatternList(patterns), null);
    }

    private static (Regex? Pattern, ModerationAction Action, string? Fault) CompileOne(PatternRule? rule, bool isTrusted)
    {
        if (string.IsNullOrEmpty(rule?.Pattern))
            return (null, default, "is missing.");
        if (!ModerationActionNames.TryParse(rule.Action, out var action))
            return (null, default, "has no 'action' of approve, hold, reject or drop.");
        if (rule.Pattern.Length > ModerationLimits.MaxPatternLength)
            return (null, default, string.Create(CultureInfo.InvariantCulture, $"is longer than {ModerationLimits.MaxPatternLength} characters."));
        try
        {
            var pattern = new Regex(rule.Pattern, Options, RunTimeout);
            if (pattern.IsMatch(""))
                return (null, default, "matches every comment, since it matches nothing at all.");
            foreach (var text in isTrusted ? [] : HostileTexts)
                pattern.IsMatch(text);
            return (pattern, action, null);
        }
        catch (RegexParseException exception)
        {
            return (null, default, $"is no regular expression: {exception.Message}");
        }
        catch (NotSupportedException)
        {
            return (null, default, "is too costly: it has a back-reference, a look-around, an atomic group, or repeats too much too often.");
        }
        catch (RegexMatchTimeoutException)
        {
            return (null, default, "is too costly: it takes too long on long texts.");
        }
    }

    /// <summary>The severest pattern that the text has.</summary>
    public Verdict Find(string content, FoldedText text)
    {
        if (_patterns.Count == 0)
            return Verdict.Fine;
        var verdict = Verdict.Fine;
        var plain = text.ToPlainText();
        foreach (var (pattern, action) in _patterns)
        {
            if (action > verdict.Action && (Matches(pattern, content) || Matches(pattern, plain)))
                verdict = new Verdict(action, ReasonCodes.Pattern, pattern.ToString());
        }

        return verdict;
    }

    private static bool Matches(Regex pattern, string text)
    {
        try
        {
            return pattern.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }
}
