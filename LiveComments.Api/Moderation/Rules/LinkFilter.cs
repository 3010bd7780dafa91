using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using LiveComments.Api.Moderation.Text;
using LiveComments.Contracts;

namespace LiveComments.Api.Moderation.Rules;

/// <summary>Finds web addresses in comments, also those that are spelled so as not to look like one, and says whose are not allowed.</summary>
sealed class LinkFilter
{
    public static readonly LinkFilter Off = new(ModerationAction.Approve, []);

    // What a name may be by RFC 1035, and longer than any end that there is.
    private const int MaxHostLength = 253;
    private const int MaxEndLength = 24;

    private readonly ModerationAction _action;
    private readonly HashSet<string> _allowed;

    private LinkFilter(ModerationAction action, HashSet<string> allowed) => (_action, _allowed) = (action, allowed);

    /// <summary>The filter, or a sentence on what is wrong with the rule.</summary>
    public static (LinkFilter? Filter, string? Fault) Compile(LinkRule? rule)
    {
        if (rule is null)
            return (Off, null);
        if (!ModerationActionNames.TryParse(rule.Action, out var action))
            return (null, "links has no 'action' of approve, hold, reject or drop.");
        if (rule.Allowed?.Count > ModerationLimits.MaxDomains)
            return (null, string.Create(CultureInfo.InvariantCulture, $"links.allowed has at most {ModerationLimits.MaxDomains} domains."));
        var allowed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var domain in rule.Allowed ?? [])
        {
            if (Uri.CheckHostName(domain) != UriHostNameType.Dns)
                return (null, $"links.allowed has '{domain}', which is no domain such as example.org.");
            allowed.Add(Normal(domain));
        }

        return (new LinkFilter(action, allowed), null);
    }

    public Verdict Find(string content)
    {
        if (_action == ModerationAction.Approve)
            return Verdict.Fine;
        foreach (var host in HostsIn(content))
        {
            if (!IsAllowed(host))
                return new Verdict(_action, ReasonCodes.Link, host);
        }

        return Verdict.Fine;
    }

    /// <summary>The hosts of the addresses in a text, in lower case. One pass over the text, whatever is in it.</summary>
    public static List<string> HostsIn(string content)
    {
        var hosts = new List<string>();
        var text = Narrowed(content);
        // Most comments have nothing that an address could be made of.
        if (text.AsSpan().IndexOfAny('.', '/', '\\') < 0 && !text.Contains("dot", StringComparison.OrdinalIgnoreCase))
            return hosts;
        text = Dot.Replace(text, ".");
        for (var from = 0; from < text.Length; from++)
        {
            if (!IsOfHost(text[from]))
                continue;
            var to = from;
            while (to < text.Length && IsOfHost(text[to]))
                to++;
            var host = text.AsSpan(from, to - from).Trim(".-");
            if (IsAddress(host, text.AsSpan(0, from), text.AsSpan(to)))
                hosts.Add(Normal(host.ToString()));
            from = to;
        }

        return hosts;
    }

    private static bool IsAddress(ReadOnlySpan<char> host, ReadOnlySpan<char> before, ReadOnlySpan<char> after)
    {
        if (host.Length is 0 or > MaxHostLength)
            return false;
        var hasScheme = HasScheme(before);
        // http://friend.example@foe.example leads to the foe.
        if (hasScheme && after is ['@', ..])
            return false;
        if (hasScheme || host.StartsWith("www.", StringComparison.OrdinalIgnoreCase))
            return true;
        var end = host[(host.LastIndexOf('.') + 1)..];
        if (end.Length == host.Length || end.Length is < 2 or > MaxEndLength || !IsLetters(end) && !end.StartsWith("xn--", StringComparison.OrdinalIgnoreCase))
            return false;
        // With a path any end will do. Without, one that most addresses have and no sentence begins with: people forget the
        // space behind a full stop. And an e-mail address leads nowhere.
        return after is ['/', not ' ', ..] || (before is not [.., '@'] && UsualEnds.Contains(end.ToString().ToLowerInvariant()));
    }

    private static bool IsLetters(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (!char.IsLetter(character))
                return false;
        }

        return true;
    }

    // "https://", "hxxp:/", "http : //", "http://somebody:secret@"
    private static bool HasScheme(ReadOnlySpan<char> before)
    {
        if (before is [.., '@'] && before[Math.Max(0, before.Length - MaxHostLength)..].LastIndexOf('/') is >= 0 and var slash)
            before = before[Math.Max(0, before.Length - MaxHostLength)..][..(slash + 1)];
        var rest = before.TrimEnd(" /\\");
        return rest.Length < before.Length && before[rest.Length..].IndexOfAny('/', '\\') >= 0 && rest is [.., ':'];
    }

    private static bool IsOfHost(char character) => char.IsLetterOrDigit(character) || character is '.' or '-' || char.IsSurrogate(character);

    private bool IsAllowed(string host)
    {
        for (var at = 0; at >= 0 && at < host.Length; at = host.IndexOf('.', at) is var dot && dot >= 0 ? dot + 1 : -1)
        {
            if (_allowed.Contains(host[at..]))
                return true;
        }

        return false;
    }

    private static string Normal(string domain) => domain.TrimEnd('.').ToLowerInvariant();

    /// <summary>Wide letters made narrow, and what is invisible left out.</summary>
    private static string Narrowed(string content)
    {
        if (Ascii.IsValid(content))
            return content;
        var text = LongForms.WithoutThem(content).Normalize(NormalizationForm.FormKC).Replace('。', '.');
        return string.Concat(text.Where(character => char.GetUnicodeCategory(character) is not (UnicodeCategory.Format or UnicodeCategory.NonSpacingMark)));
    }

    // What stands for a dot: "[.]", "(dot)", " dot "; by the engine that never goes back, since it meets every comment.
    private static readonly Regex Dot = new(
        @"\s{0,3}(?:[\[({<]\s{0,3}(?:\.|dot)\s{0,3}[\])}>]|\sdot\s)\s{0,3}", RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    private static readonly FrozenSet<string> UsualEnds =
        "com net org info biz io tv gg ly xyz icu ai cc co app dev top site online shop store club vip ru cn uk de fr es pl br jp kr tk ml ga cf gq eu ch nl fi se рф"
            .Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
