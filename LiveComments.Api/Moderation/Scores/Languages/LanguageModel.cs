using System.Text;

namespace LiveComments.Api.Moderation.Scores.Languages;

/// <summary>
/// Tells languages apart: by the script where one language has it to itself, and else by which letters stand next to each
/// other. It begins with sentences that were written for this project and taken from nowhere, <c>languages.txt</c>, 14 to 18 of each
/// language, and learns nothing after that. Immutable; some ten microseconds a text.
/// </summary>
/// <remarks>
/// 1. Letters are sorted by script; names of users, tags and addresses are left out.
/// 2. Within a script of several languages: naive Bayes over groups of two to four letters, spaces included.
/// 3. Each script counts by its share of the text.
/// </remarks>
sealed class LanguageModel
{
    // A text's beginning says which language it is in.
    private const int MaxLetters = 200;

    // What is shorter is as likely a name, a laugh or an exclamation that everybody uses.
    private const int MinLetters = 8;
    private const int MinDifferentLetters = 5;
    private const int MinLettersOfOwnScript = 3;

    // A letter of these scripts says as much as several of others.
    private const int WeightOfDenseLetters = 2;

    // A text in Chinese characters alone may be Japanese; one in which there is some kana surely is.
    private const double ChineseWhenHanAlone = 0.85;
    private const double MinShareOfKana = 0.05;

    private const double SureOfScript = 0.99;

    private static readonly Lazy<LanguageModel> Made = new(() => new LanguageModel());

    private readonly Dictionary<string, LetterGroups> _groups;

    private LanguageModel()
    {
        _groups = LanguagePrior.Sentences().GroupBy(sentence => ScriptOf(sentence.Text)).ToDictionary(group => group.Key, group => new LetterGroups([.. group]));
        foreach (var group in _groups.Values)
            group.Places = [.. group.Languages.Select(language => Array.IndexOf(Codes, language))];
    }

    /// <summary>Made of the examples when it is needed first, which takes some 30 ms.</summary>
    public static LanguageModel Shared => Made.Value;

    /// <summary>The languages that can be told apart, in the order of their codes.</summary>
    public static string[] Codes { get; } = [.. LanguagePrior.Sentences().Select(sentence => sentence.Language).Concat(Scripts.OfOneLanguage).Distinct().Order(StringComparer.Ordinal)];

    public LanguageGuess Guess(string text)
    {
        // 1.
        var letters = Sorted(text);
        var likelihoods = new double[Codes.Length];
        var known = 0.0;
        // 2. and 3.
        foreach (var (script, written) in letters)
        {
            if (_groups.TryGetValue(script, out var group))
            {
                if (written.Letters < MinLetters || written.Different < MinDifferentLetters)
                    continue;
                var shares = group.Shares(written.Text.ToString());
                for (var index = 0; index < shares.Length; index++)
                    likelihoods[group.Places[index]] += written.Letters * shares[index];
                known += written.Letters;
            }
            else if (script is not (Scripts.Han or Scripts.Kana) && written.Letters >= MinLettersOfOwnScript)
            {
                var weight = written.Letters * (script == "ko" ? WeightOfDenseLetters : 1);
                Add(script, weight);
                known += weight;
            }
        }

        var (han, kana) = (letters.GetValueOrDefault(Scripts.Han)?.Letters ?? 0, letters.GetValueOrDefault(Scripts.Kana)?.Letters ?? 0);
        if (han + kana >= MinLettersOfOwnScript)
        {
            var weight = (han + kana) * WeightOfDenseLetters;
            known += weight;
            if (kana > MinShareOfKana * (han + kana))
            {
                Add("ja", weight);
            }
            else
            {
                likelihoods[Array.IndexOf(Codes, "zh")] += weight * ChineseWhenHanAlone;
                likelihoods[Array.IndexOf(Codes, "ja")] += weight * (1 - ChineseWhenHanAlone);
            }
        }

        if (known == 0)
            return LanguageGuess.None;
        for (var index = 0; index < likelihoods.Length; index++)
            likelihoods[index] /= known;
        return new LanguageGuess(likelihoods);

        void Add(string language, double weight)
        {
            var place = Array.IndexOf(Codes, language);
            for (var index = 0; index < likelihoods.Length; index++)
                likelihoods[index] += weight * (index == place ? SureOfScript : (1 - SureOfScript) / (likelihoods.Length - 1));
        }
    }

    /// <summary>Script → its letters, in lower case, with one space for all that lies between them and around.</summary>
    private static Dictionary<string, Written> Sorted(string text)
    {
        var letters = new Dictionary<string, Written>(StringComparer.Ordinal);
        var left = MaxLetters;
        foreach (var word in text.AsSpan().SplitAny(' ', '\n', '\t', '\r'))
        {
            var span = text.AsSpan()[word];
            if (span.IsEmpty || span[0] is '@' or '#' || span.Contains("://", StringComparison.Ordinal) || span.StartsWith("www.", StringComparison.OrdinalIgnoreCase))
                continue;
            foreach (var rune in span.EnumerateRunes())
            {
                if (Scripts.Of(rune) is { } script)
                {
                    if (left-- == 0)
                        return Ended(letters);
                    if (!letters.TryGetValue(script, out var written))
                        letters[script] = written = new Written();
                    written.Add(Rune.ToLowerInvariant(rune));
                }
                else if (rune.Value is not ('\'' or '’' or 0x200C) && !Rune.GetUnicodeCategory(rune).ToString().EndsWith("Mark", StringComparison.Ordinal))
                {
                    EndWords(letters);
                }
            }

            EndWords(letters);
        }

        return Ended(letters);
    }

    private static Dictionary<string, Written> Ended(Dictionary<string, Written> letters)
    {
        EndWords(letters);
        return letters;
    }

    private static void EndWords(Dictionary<string, Written> letters)
    {
        foreach (var written in letters.Values)
            written.EndWord();
    }

    private static string ScriptOf(string text) => Sorted(text).MaxBy(written => written.Value.Letters).Key;

    /// <summary>What a text has of one script.</summary>
    private sealed class Written
    {
        public StringBuilder Text { get; } = new(" ");

        public int Letters { get; private set; }

        public int Different => Text.ToString().Distinct().Count() - 1;

        public void Add(Rune rune)
        {
            // A stretched letter is one that is doubled.
            if (rune.IsBmp && Text.Length > 1 && Text[^1] == rune.Value && Text[^2] == rune.Value)
                return;
            Text.Append(rune.ToString());
            Letters++;
        }

        public void EndWord()
        {
            if (Text[^1] != ' ')
                Text.Append(' ');
        }
    }

    /// <summary>A script's letters as they are written in a sentence, for who learns from it.</summary>
    public static string LettersOf(string text) => Sorted(text).MaxBy(written => written.Value.Letters).Value.Text.ToString();
}
