using System.Globalization;
using System.Text;

namespace LiveComments.Api.Moderation.Text;

/// <summary>
/// A text in the forms in which words are looked for. Pure, and linear in the text: hostile ones cost no more than others.
/// </summary>
/// <remarks>
/// Two forms, because what unmasks a disguised word would find words where there are none ("as-soon", "4s", "bail" in "ball"):
/// 1. <see cref="Plain"/>: case, width, accents, invisible characters and look-alikes are folded. Whatever matches here is meant.
/// 2. <see cref="Unmasked"/>: besides, digits and signs stand for letters, letters that are repeated count once, and gaps in
///    words are left out. A match here counts only where something of this was needed for it: <see cref="Disguise"/>.
/// </remarks>
sealed class FoldedText : IDisposable
{
    // As many letters in a row are a stretched one; two are how words are spelled.
    private const int Stretched = 3;

    // So many single letters one by one are a word with gaps: "a b" is not.
    private const int MinSpacedLetters = 3;

    private readonly PooledList<Letter> _plain;
    private readonly PooledList<Letter>? _unmasked;

    private FoldedText(PooledList<Letter> plain, PooledList<Letter>? unmasked, IReadOnlyList<int[]> masked) => (_plain, _unmasked, Masked) = (plain, unmasked, masked);

    public ReadOnlySpan<Letter> Plain => _plain.Items;

    /// <summary>Empty when the text has nothing that could be a disguise.</summary>
    public ReadOnlySpan<Letter> Unmasked => _unmasked is null ? default : _unmasked.Items;

    /// <summary>Words with asterisks for some of their letters, such as <c>w**d</c>.</summary>
    public IReadOnlyList<int[]> Masked { get; }

    public const int Mask = '*';

    // Of one text; more are left alone.
    private const int MaxMasked = 20;

    public static FoldedText Of(string text)
    {
        using var list = Raw(text);
        var raw = list.Items;
        return new FoldedText(PlainOf(raw), HasDisguise(raw) ? UnmaskedOf(raw) : null, MaskedIn(raw));
    }

    /// <summary>The plain form as text, for patterns.</summary>
    public string ToPlainText()
    {
        using var text = new PooledList<char>(_plain.Count);
        Span<char> units = stackalloc char[2];
        foreach (var letter in _plain.Items)
        {
            var length = new Rune(letter.Code).EncodeToUtf16(units);
            for (var index = 0; index < length; index++)
                text.Add(units[index]);
        }

        return new string(text.Items);
    }

    /// <summary>Hands back what it was lent; who doesn't leaves that to the collector. Nothing of it may be looked at any more.</summary>
    public void Dispose()
    {
        _plain.Dispose();
        _unmasked?.Dispose();
    }

    /// <summary>A rule's word, in the forms of the two.</summary>
    public static (Letter[] Plain, Letter[] Unmasked) OfWord(string word)
    {
        using var raw = Raw(word);
        using var plain = PlainOf(raw.Items);
        using var unmasked = UnmaskedOf(raw.Items);
        return (plain.Items.ToArray(), unmasked.Items.ToArray());
    }

    /// <summary>Whether scripts put spaces between words; in the others a word may begin and end anywhere.</summary>
    private static bool IsSpaced(int code) => code is not ((>= 0x0E00 and <= 0x0EFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF)
        or (>= 0x3040 and <= 0x30FF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0x20000 and <= 0x3FFFF));

    /// <summary>What is left of the text, code point by code point: folded letters and digits, and everything else as it is.</summary>
    private static PooledList<(int Code, bool IsLetter)> Raw(string text)
    {
        var raw = new PooledList<(int Code, bool IsLetter)>(text.Length);
        if (!Ascii.IsValid(text))
            text = Decomposed(text);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii)
            {
                raw.Add((Rune.ToLowerInvariant(rune).Value, Rune.IsLetterOrDigit(rune)));
                continue;
            }

            if (IsInvisible(rune))
                continue;
            switch (rune.Value)
            {
                case 'ß' or 'ẞ':
                    raw.Add(('s', true));
                    raw.Add(('s', true));
                    continue;
                case 'æ' or 'Æ':
                    raw.Add(('a', true));
                    raw.Add(('e', true));
                    continue;
                case 'œ' or 'Œ':
                    raw.Add(('o', true));
                    raw.Add(('e', true));
                    continue;
            }

            var category = Rune.GetUnicodeCategory(rune);
            var code = LookAlikes.Of(Rune.ToLowerInvariant(rune).Value);
            if (code == rune.Value && category == UnicodeCategory.DecimalDigitNumber)
                raw.Add(('0' + (int)Rune.GetNumericValue(rune), true));
            else
                // Vowels of Indic scripts are marks, and part of the word.
                raw.Add((code, code < 0x80 || category is <= UnicodeCategory.OtherNumber));
        }

        return raw;
    }

    // Throws on what is no Unicode, which never gets this far; a word of a list may.
    private static string Decomposed(string text)
    {
        try
        {
            return LongForms.WithoutThem(text).Normalize(NormalizationForm.FormKD);
        }
        catch (ArgumentException)
        {
            return text;
        }
    }

    /// <summary>What is not seen, or only on top of a letter.</summary>
    private static bool IsInvisible(Rune rune) =>
        rune.Value is (>= 0x0300 and <= 0x036F) or (>= 0x0483 and <= 0x0489) or (>= 0x0591 and <= 0x05C7) or (>= 0x0610 and <= 0x061A) or (>= 0x064B and <= 0x065F)
            or 0x0640 or 0x0670 or (>= 0x1AB0 and <= 0x1AFF) or (>= 0x1DC0 and <= 0x1DFF) or (>= 0x20D0 and <= 0x20FF) or (>= 0xFE00 and <= 0xFE0F) or (>= 0xFE20 and <= 0xFE2F)
            or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x2800 or 0x3164 or 0xFFA0 or (>= 0xE0000 and <= 0xE0FFF)
        || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format;

    private static PooledList<Letter> PlainOf(ReadOnlySpan<(int Code, bool IsLetter)> raw)
    {
        var letters = new PooledList<Letter>(raw.Length);
        var afterSpace = true;
        for (var index = 0; index < raw.Length; index++)
        {
            var (code, isLetter) = raw[index];
            if (!isLetter)
            {
                if (!afterSpace)
                    letters.Add(new Letter(Letter.Space, 1, LetterKind.Letter, false, false, false));
                afterSpace = true;
                continue;
            }

            var isSpaced = IsSpaced(code);
            var begins = afterSpace || !isSpaced || !IsSpaced(raw[index - 1].Code);
            var ends = !isSpaced || index + 1 == raw.Length || !raw[index + 1].IsLetter || !IsSpaced(raw[index + 1].Code);
            letters.Add(new Letter(code, 1, LetterKind.Letter, begins, ends, false));
            afterSpace = false;
        }

        if (letters is [.., { Code: Letter.Space }])
            letters.RemoveLast();
        return letters;
    }

    private static bool HasDisguise(ReadOnlySpan<(int Code, bool IsLetter)> raw)
    {
        var run = 0;
        for (var index = 0; index < raw.Length; index++)
        {
            var (code, isLetter) = raw[index];
            run = index > 0 && raw[index - 1].Code == code ? run + 1 : 1;
            if (isLetter ? run >= Stretched || code is >= '0' and <= '9' : LookAlikes.AmongLetters(code) != 0)
                return true;
            var (afterLetter, beforeLetter) = (index > 0 && raw[index - 1].IsLetter, index + 1 < raw.Length && raw[index + 1].IsLetter);
            // A single letter, or something between two that is no white space.
            if (isLetter ? !afterLetter && !beforeLetter : afterLetter && beforeLetter && !IsWhiteSpace(code))
                return true;
        }

        return false;
    }

    private static PooledList<Letter> UnmaskedOf(ReadOnlySpan<(int Code, bool IsLetter)> raw)
    {
        var letters = new PooledList<Letter>(raw.Length);
        // 1. A word of the text is what lies between two gaps with white space in them.
        for (var from = 0; from < raw.Length;)
        {
            if (IsWhiteSpace(raw[from].Code))
            {
                from++;
                continue;
            }

            var to = from;
            while (to < raw.Length && !IsWhiteSpace(raw[to].Code))
                to++;
            // 2. Single letters one by one are one word, with gaps that are left out.
            var isSpacedOut = LettersIn(raw, from, to) == 1 && SingleLettersFrom(raw, from) is >= MinSpacedLetters and var singles && ExtendOver(raw, from, singles, ref to);
            if (letters.Count > 0)
                letters.Add(new Letter(Letter.Space, 1, LetterKind.Letter, false, false, false));
            AddWord(letters, raw, from, to, isSpacedOut);
            from = to;
        }

        if (letters is [.., { Code: Letter.Space }])
            letters.RemoveLast();
        return letters;
    }

    private static void AddWord(PooledList<Letter> letters, ReadOnlySpan<(int Code, bool IsLetter)> raw, int from, int to, bool isSpacedOut)
    {
        // Signs at either end are no letters, though a word may also begin or end there.
        while (from < to && !raw[from].IsLetter && LookAlikes.AmongLetters(raw[from].Code) == 0)
            from++;
        while (to > from && !raw[to - 1].IsLetter && LookAlikes.AmongLetters(raw[to - 1].Code) == 0)
            to--;
        var (firstLetter, lastLetter) = (from, to - 1);
        while (firstLetter < to && !raw[firstLetter].IsLetter)
            firstLetter++;
        while (lastLetter > from && !raw[lastLetter].IsLetter)
            lastLetter--;

        var isJoined = false;
        for (var index = from; index < to; index++)
        {
            var (code, isLetter) = raw[index];
            var among = LookAlikes.AmongLetters(code);
            if (!isLetter && among == 0)
            {
                // 3. A gap: left out, but a word may end before it and begin behind it. Where scripts have no spaces, the
                // signs of a sentence do what these do.
                if (index > from && !IsSpaced(raw[index - 1].Code) && IsOfSentence(code))
                {
                    if (letters is not [.., { Code: Letter.Space }])
                        letters.Add(new Letter(Letter.Space, 1, LetterKind.Letter, false, false, false));
                    continue;
                }

                if (letters is [.., { Code: not Letter.Space } before])
                    letters[^1] = before with { EndsWord = true };
                isJoined = true;
                continue;
            }

            var kind = !isLetter ? LetterKind.Sign : code is >= '0' and <= '9' ? LetterKind.Digit : LetterKind.Letter;
            if (among != 0)
                code = among;
            var isSpaced = IsSpaced(code);
            var begins = isJoined || index == from || index == firstLetter || !isSpaced || isSpacedOut;
            var ends = index == to - 1 || index == lastLetter || !isSpaced || isSpacedOut;
            // 4. The same letter again.
            if (letters is [.., { } last] && last.Code == code && index > from)
                letters[^1] = last with { Run = last.Run + 1, EndsWord = ends, Kind = (LetterKind)Math.Max((int)last.Kind, (int)kind), IsJoined = last.IsJoined || isJoined };
            else
                letters.Add(new Letter(code, 1, kind, begins, ends, isJoined));
            isJoined = false;
        }
    }

    private static bool IsWhiteSpace(int code) => code is ' ' or '\n' or '\t' or '\r' or 0x3000 or 0x00A0 or (>= 0x2000 and <= 0x200A) or 0x2028 or 0x2029;

    private static bool IsOfSentence(int code) => code is ',' or '.' or '!' or '?' or ';' or ':' or '。' or '、';

    private static int LettersIn(ReadOnlySpan<(int Code, bool IsLetter)> raw, int from, int to)
    {
        var letters = 0;
        for (var index = from; index < to; index++)
            letters += raw[index].IsLetter || LookAlikes.AmongLetters(raw[index].Code) != 0 ? 1 : 0;
        return letters;
    }

    /// <summary>How many words of one letter follow each other.</summary>
    private static int SingleLettersFrom(ReadOnlySpan<(int Code, bool IsLetter)> raw, int from)
    {
        var singles = 0;
        var letters = 0;
        for (var index = from; index <= raw.Length; index++)
        {
            if (index == raw.Length || IsWhiteSpace(raw[index].Code))
            {
                if (letters == 1)
                    singles++;
                letters = 0;
                continue;
            }

            letters += raw[index].IsLetter || LookAlikes.AmongLetters(raw[index].Code) != 0 ? 1 : 0;
            if (letters > 1)
                break;
        }

        return singles;
    }

    // Moves the end behind the last of the single letters.
    private static bool ExtendOver(ReadOnlySpan<(int Code, bool IsLetter)> raw, int from, int singles, ref int to)
    {
        to = from;
        while (singles > 0 && to < raw.Length)
        {
            while (to < raw.Length && IsWhiteSpace(raw[to].Code))
                to++;
            var word = to;
            while (to < raw.Length && !IsWhiteSpace(raw[to].Code))
                to++;
            singles -= LettersIn(raw, word, to);
        }

        return true;
    }

    private static List<int[]> MaskedIn(ReadOnlySpan<(int Code, bool IsLetter)> raw)
    {
        var found = new List<int[]>();
        for (var index = 0; index < raw.Length && found.Count < MaxMasked; index++)
        {
            if (!raw[index].IsLetter)
                continue;
            var from = index;
            var masks = 0;
            while (index < raw.Length && (raw[index].IsLetter || raw[index].Code == Mask))
                masks += raw[index++].Code == Mask ? 1 : 0;
            var to = index;
            while (raw[to - 1].Code == Mask)
                (to, masks) = (to - 1, masks - 1);
            if (masks > 0)
                found.Add(CodesOf(raw[from..to]));
        }

        return found;
    }

    private static int[] CodesOf(ReadOnlySpan<(int Code, bool IsLetter)> raw)
    {
        var codes = new int[raw.Length];
        for (var index = 0; index < codes.Length; index++)
            codes[index] = raw[index].Code;
        return codes;
    }
}
