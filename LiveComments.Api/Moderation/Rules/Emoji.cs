using System.Globalization;
using System.Text;

namespace LiveComments.Api.Moderation.Rules;

static class Emoji
{
    /// <summary>How many emoji a text has; a family or a flag is one.</summary>
    public static int CountIn(string text)
    {
        if (Ascii.IsValid(text))
            return 0;
        var count = 0;
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var length = StringInfo.GetNextTextElementLength(rest);
            count += IsOne(rest[..length]) ? 1 : 0;
            rest = rest[length..];
        }

        return count;
    }

    /// <summary>Whether the text has nothing but emoji and white space.</summary>
    public static bool IsAllOf(string text)
    {
        var count = 0;
        for (var rest = text.AsSpan(); !rest.IsEmpty;)
        {
            var length = StringInfo.GetNextTextElementLength(rest);
            if (IsOne(rest[..length]))
                count++;
            else if (!rest[..length].IsWhiteSpace())
                return false;
            rest = rest[length..];
        }

        return count > 0;
    }

    private static bool IsOne(ReadOnlySpan<char> element)
    {
        Rune.DecodeFromUtf16(element, out var rune, out _);
        return rune.Value is (>= 0x1F000 and <= 0x1FAFF) or (>= 0x2600 and <= 0x27BF) or (>= 0x2B00 and <= 0x2BFF) or (>= 0x2190 and <= 0x21FF) or (>= 0x2300 and <= 0x23FF)
            // ©️ and 1️⃣ are emoji by what follows.
            || element.IndexOfAny('\uFE0F', '\u20E3') > 0;
    }
}
