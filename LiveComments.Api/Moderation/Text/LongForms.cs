using System.Buffers;
using System.Text;

namespace LiveComments.Api.Moderation.Text;

/// <summary>
/// Characters that are whole phrases when they are taken apart: U+FDFA alone becomes eighteen letters. A comment full of them would be
/// looked at as one of 9,000 letters, and nobody can spell anything else with them: so they count as a space.
/// </summary>
static class LongForms
{
    // Ligatures of three letters, and units such as "kHz", are words that may be meant.
    private const int Longest = 4;

    private static readonly SearchValues<char> All = SearchValues.Create([
        .. Enumerable.Range(0x2000, 0x1400).Concat(Enumerable.Range(0xFB00, 0x300)).Select(code => (char)code)
            .Where(IsLong)]);

    /// <summary>The text without them; mostly the same string.</summary>
    public static string WithoutThem(string text)
    {
        if (text.AsSpan().IndexOfAny(All) < 0)
            return text;
        return string.Create(text.Length, text, static (shorter, whole) =>
        {
            for (var index = 0; index < whole.Length; index++)
                shorter[index] = All.Contains(whole[index]) ? ' ' : whole[index];
        });
    }

    // Noncharacters, of which FDD0 to FDEF are some, can't be taken apart.
    private static bool IsLong(char character) =>
        character is not (>= '\uFDD0' and <= '\uFDEF') && character.ToString().Normalize(NormalizationForm.FormKD).Length > Longest;
}
