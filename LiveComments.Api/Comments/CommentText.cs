using System.Globalization;
using System.Text;
using LiveComments.Contracts;

namespace LiveComments.Api.Comments;

/// <summary>What a comment's text may be, and the one form in which it is stored. Pure, so that it can be tested to death.</summary>
static class CommentText
{
    // A character of one code point and MaxCombiningMarks marks, each two UTF-16 units, is as long as a plain one gets;
    // emoji sequences are longer, but nobody writes 500 of them. Bounds the work before anything is counted.
    private const int MaxUtf16Length = Limits.MaxContentCharacters * 16;

    /// <summary>The text as it is stored, or a sentence on what is wrong with it.</summary>
    public static (string? Text, string? Fault) Normalize(string? content)
    {
        if (content is null)
            return (null, "'content' is missing.");
        if (content.Length > MaxUtf16Length)
            return (null, TooLong);
        return Ascii.IsValid(content) ? NormalizeAscii(content) : NormalizeUnicode(content);
    }

    // Most comments: each unit is a character, none has another form, and no mark goes with it; only \r\n counts as one.
    private static (string? Text, string? Fault) NormalizeAscii(string content)
    {
        foreach (var character in content)
        {
            if (char.IsControl(character) && character is not ('\n' or '\t' or '\r'))
                return (null, ControlCharacter(character));
        }

        var text = content.Trim();
        if (text.Length == 0)
            return (null, Empty);
        return text.Length > Limits.MaxContentCharacters && text.Length - text.AsSpan().Count("\r\n") > Limits.MaxContentCharacters ? (null, TooLong) : (text, null);
    }

    /// <summary>The rules in full. Right for every text, and what the short way for ASCII is tested against.</summary>
    internal static (string? Text, string? Fault) NormalizeUnicode(string content)
    {
        if (HasLoneSurrogate(content))
            return (null, "'content' is not valid Unicode: it has half of a surrogate pair.");
        foreach (var rune in content.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) == UnicodeCategory.Control && rune.Value is not ('\n' or '\t' or '\r'))
                return (null, ControlCharacter(rune.Value));
            if (IsNoncharacter(rune))
                return (null, $"'content' has U+{rune.Value:X4}, which stands for no character.");
        }

        // First of all: what is taken out may have stood between a letter and its accent, or between the text and a space.
        var text = BidiControls.Close(content).Normalize(NormalizationForm.FormC).Trim();
        if (text.Length == 0)
            return (null, Empty);
        if (IsTooLong(text))
            return (null, TooLong);
        return StacksMarks(text)
            ? (null, $"'content' has more than {Limits.MaxCombiningMarks} combining marks on one character.")
            : (text, null);
    }

    /// <summary>Usernames after <c>@</c>, each once, in order of appearance. An e-mail address is no mention.</summary>
    public static IReadOnlyList<string> MentionsIn(string text)
    {
        List<string>? mentions = null;
        for (var at = text.IndexOf('@'); at >= 0; at = text.IndexOf('@', at + 1))
        {
            if (at > 0 && (char.IsLetterOrDigit(text[at - 1]) || IsNamePart(text[at - 1])))
                continue;
            var end = at + 1;
            while (end < text.Length && end - at - 1 < Limits.MaxUsernameLength && IsNamePart(text[end]))
                end++;
            // "@ada." at the end of a sentence mentions ada.
            var name = text[(at + 1)..end].TrimEnd('.', '-');
            if (name.Length > 0 && mentions?.Contains(name, StringComparer.OrdinalIgnoreCase) != true)
                (mentions ??= []).Add(name);
        }

        return mentions ?? [];
    }

    private const string Empty = "'content' is empty.";

    private static string ControlCharacter(int value) => string.Create(CultureInfo.InvariantCulture, $"'content' has the control character U+{value:X4}.");

    private static bool IsTooLong(ReadOnlySpan<char> text)
    {
        for (var characters = 0; !text.IsEmpty; text = text[StringInfo.GetNextTextElementLength(text)..])
        {
            if (++characters > Limits.MaxContentCharacters)
                return true;
        }

        return false;
    }

    private static string TooLong => $"'content' may have at most {Limits.MaxContentCharacters} characters.";

    private static bool IsNamePart(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '.' or '-';

    private static bool HasLoneSurrogate(string text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (!char.IsSurrogate(text[index]))
                continue;
            if (!char.IsHighSurrogate(text[index]) || index + 1 == text.Length || !char.IsLowSurrogate(text[index + 1]))
                return true;
            index++;
        }

        return false;
    }

    // U+FDD0 to U+FDEF, and the last two of each plane: not for interchange, and Normalize throws at some of them.
    private static bool IsNoncharacter(Rune rune) => rune.Value is >= 0xFDD0 and <= 0xFDEF || (rune.Value & 0xFFFE) == 0xFFFE;

    private static bool StacksMarks(string text)
    {
        var marks = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var isMark = Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;
            marks = isMark ? marks + 1 : 0;
            if (marks > Limits.MaxCombiningMarks)
                return true;
        }

        return false;
    }
}
