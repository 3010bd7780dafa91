using System.Globalization;
using LiveComments.Api.Moderation.Text;
using LiveComments.Contracts;

namespace LiveComments.Api.Moderation.Rules;

/// <summary>A list of words, ready to be looked for. Immutable; a changed list is a new one.</summary>
/// <remarks>
/// A word is looked for from each place where one may begin, so a look costs what the text is long, and next to nothing
/// more for a longer list. What was unmasked to match counts by <see cref="IsDisguise"/>.
/// </remarks>
sealed class WordList
{
    public static readonly WordList Empty = new([]);

    // A span that short must have more letters than digits to be a disguised word: a55 is a telephone.
    private const int ShortWord = 3;

    private readonly WordTrie _plain = new();
    private readonly WordTrie _unmasked = new();
    private readonly List<Word> _words;
    // By first letter, last letter and length: where w**d is looked for.
    private readonly Dictionary<(int First, int Last, int Length), List<int>> _maskable = [];

    private WordList(List<Word> words)
    {
        _words = words;
        for (var index = 0; index < words.Count; index++)
        {
            var word = words[index];
            _plain.Add(word.Plain.Select(letter => letter.Code), index);
            _unmasked.Add(word.Unmasked.Select(letter => letter.Code), index);
            if (word.Plain.Length < ShortWord || Array.Exists(word.Plain, letter => letter.Code == Letter.Space))
                continue;
            var key = (word.Plain[0].Code, word.Plain[^1].Code, word.Plain.Length);
            if (!_maskable.TryGetValue(key, out var same))
                _maskable[key] = same = [];
            same.Add(index);
        }
    }

    /// <summary>The list, or a sentence on what is wrong with it.</summary>
    public static (WordList? List, string? Fault) Compile(IReadOnlyList<WordRule> rules)
    {
        if (rules.Count > ModerationLimits.MaxWords)
            return (null, string.Create(CultureInfo.InvariantCulture, $"words: a list has at most {ModerationLimits.MaxWords} words."));
        var words = new List<Word>(rules.Count);
        for (var index = 0; index < rules.Count; index++)
        {
            var (word, fault) = CompileOne(rules[index]);
            if (word is null)
                return (null, string.Create(CultureInfo.InvariantCulture, $"words[{index}] {fault}"));
            words.Add(word);
        }

        return (words.Count == 0 ? Empty : new WordList(words), null);
    }

    private static (Word? Word, string? Fault) CompileOne(WordRule? rule)
    {
        if (rule?.Word is null)
            return (null, "is missing.");
        if (!ModerationActionNames.TryParse(rule.Action, out var action))
            return (null, "has no 'action' of approve, hold, reject or drop.");
        if (rule.Match is not (null or WordMatches.Whole or WordMatches.Stem))
            return (null, "has a 'match' that is neither whole nor stem.");
        // Before it is folded, which may double it: a word is never longer than so many marks on each letter make it.
        if (rule.Word.Length > ModerationLimits.MaxWordLetters * 4)
            return (null, TooLong);
        var (plain, unmasked) = FoldedText.OfWord(rule.Word);
        if (plain.Length == 0)
            return (null, "has neither letters nor digits.");
        if (plain.Length > ModerationLimits.MaxWordLetters)
            return (null, TooLong);
        return plain is [{ Code: < 0x3000 }]
            ? (null, "is a single letter, which stands in nearly every comment.")
            : (new Word(rule.Word, plain, unmasked, rule.Match == WordMatches.Stem, action), null);
    }

    private static string TooLong => string.Create(CultureInfo.InvariantCulture, $"is longer than {ModerationLimits.MaxWordLetters} letters.");

    /// <summary>The severest word in the text.</summary>
    public Verdict Find(FoldedText text)
    {
        if (_words.Count == 0)
            return Verdict.Fine;
        var found = default(Hits);
        Look(_plain, text.Plain, isUnmasked: false, ref found);
        if (!text.Unmasked.IsEmpty)
            Look(_unmasked, text.Unmasked, isUnmasked: true, ref found);
        foreach (var masked in text.Masked)
            LookFor(masked, ref found);
        return found.Worst is { } word ? new Verdict(word.Action, ReasonCodes.Word, word.Text) : Verdict.Fine;
    }

    private void Look(WordTrie trie, ReadOnlySpan<Letter> letters, bool isUnmasked, ref Hits found)
    {
        // What an exception covers is let alone. Only exceptions that begin no later than the word are known by then, as
        // far as they reach; of two that begin at one place the longer is looked at first.
        var exceptUntil = 0;
        for (var from = 0; from < letters.Length; from++)
        {
            if (!letters[from].BeginsWord)
                continue;
            var (worst, worstEnd) = ((Word?)null, 0);
            var node = WordTrie.Start;
            for (var to = from; to < letters.Length && (node = trie.Next(node, letters[to].Code)) >= 0; to++)
            {
                foreach (var index in trie.WordsAt(node))
                {
                    var word = _words[index];
                    if (!(word.IsStem ? Fits(word, letters, from, to) : letters[to].EndsWord)
                        || (isUnmasked && !IsDisguise(letters[from..(to + 1)], word)))
                        continue;
                    if (word.Action == ModerationAction.Approve)
                        exceptUntil = Math.Max(exceptUntil, to + 1);
                    else if (worst is null || word.Action > worst.Action || (word.Action == worst.Action && to >= worstEnd))
                        (worst, worstEnd) = (word, to + 1);
                }
            }

            if (worst is not null && worstEnd > exceptUntil)
                found.Add(worst);
        }
    }

    // A stem that was put together over a gap ends where a word does: "as-soon" is no other word's beginning.
    private static bool Fits(Word word, ReadOnlySpan<Letter> letters, int from, int to)
    {
        if (letters[to].EndsWord)
            return true;
        for (var index = from + 1; index <= to; index++)
        {
            if (letters[index].IsJoined)
                return false;
        }

        return word.IsStem;
    }

    /// <summary>Whether letters that match only when unmasked are the word in disguise, and not something else that is written so.</summary>
    private static bool IsDisguise(ReadOnlySpan<Letter> letters, Word word)
    {
        var (isDisguised, plain, digits) = (false, 0, 0);
        for (var index = 0; index < letters.Length; index++)
        {
            var (letter, run) = (letters[index], word.Unmasked[index].Run);
            if (letter.Code == Letter.Space)
                continue;
            // As often as in the word, or stretched: "bal" is not in "ball", but "baaal" is "bal".
            if (letter.Run != run && (letter.Run < run || letter.Run < 3) && !(word.IsStem && index == letters.Length - 1 && letter.Run > run))
                return false;
            isDisguised |= letter.Kind != LetterKind.Letter || letter.Run != run || (letter.IsJoined && index > 0);
            plain += letter.Kind == LetterKind.Digit ? 0 : letter.Kind == LetterKind.Letter ? letter.Run : 1;
            digits += letter.Kind == LetterKind.Digit ? letter.Run : 0;
        }

        return isDisguised && plain > 0 && (plain + digits > ShortWord || plain > digits);
    }

    private void LookFor(int[] masked, ref Hits found)
    {
        if (!_maskable.TryGetValue((masked[0], masked[^1], masked.Length), out var same))
            return;
        foreach (var index in same)
        {
            var word = _words[index];
            var at = 0;
            while (at < masked.Length && (masked[at] == FoldedText.Mask || masked[at] == word.Plain[at].Code))
                at++;
            if (at == masked.Length && word.Action != ModerationAction.Approve)
                found.Add(word);
        }
    }

    private sealed record Word(string Text, Letter[] Plain, Letter[] Unmasked, bool IsStem, ModerationAction Action);

    private struct Hits
    {
        public Word? Worst { get; private set; }

        public void Add(Word word)
        {
            if (Worst is null || word.Action > Worst.Action)
                Worst = word;
        }
    }
}
