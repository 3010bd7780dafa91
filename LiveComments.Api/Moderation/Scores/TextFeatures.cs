using LiveComments.Api.Moderation.Text;

namespace LiveComments.Api.Moderation.Scores;

/// <summary>
/// A text as numbers of a fixed number of drawers: its words, pairs of words, and groups of three and four letters, each in the
/// drawer that its hash says. Texts that are spelled a little differently share most of them.
/// </summary>
static class TextFeatures
{
    /// <summary>64 K: the some thousand examples that there ever are rarely share one by chance.</summary>
    public const int Drawers = 1 << 16;

    // Of a text's plain form; a longer one is told by its beginning.
    private const int MaxLetters = 600;

    // What a drawer holds is told by its kind, lest the word "the" is the group of letters "the".
    private const uint WordKind = 1;
    private const uint PairKind = 2;
    private const uint TripleKind = 3;
    private const uint QuadrupleKind = 4;
    private const uint LinkKind = 5;

    /// <summary>The drawers in use, each once, in order.</summary>
    public static int[] Of(FoldedText text, bool hasLink)
    {
        var letters = text.Plain[..Math.Min(text.Plain.Length, MaxLetters)];
        var drawers = new HashSet<int>(letters.Length * 3);
        if (hasLink)
            drawers.Add(Drawer(LinkKind, 0, 0));
        uint word = 0, before = 0;
        for (var index = 0; index <= letters.Length; index++)
        {
            if (index < letters.Length && letters[index].Code != Letter.Space)
            {
                word = Mix(word, (uint)letters[index].Code);
                AddGroups(drawers, letters, index);
                continue;
            }

            if (word == 0)
                continue;
            drawers.Add(Drawer(WordKind, word, 0));
            drawers.Add(Drawer(PairKind, before, word));
            (before, word) = (word, 0);
        }

        int[] all = [.. drawers];
        Array.Sort(all);
        return all;
    }

    // Groups go over the space before a word, so that its beginning is told from its middle.
    private static void AddGroups(HashSet<int> drawers, ReadOnlySpan<Letter> letters, int last)
    {
        if (last >= 2)
            drawers.Add(Drawer(TripleKind, Hash(letters[(last - 2)..(last + 1)]), 0));
        if (last >= 3)
            drawers.Add(Drawer(QuadrupleKind, Hash(letters[(last - 3)..(last + 1)]), 0));
    }

    private static uint Hash(ReadOnlySpan<Letter> letters)
    {
        uint hash = 0;
        foreach (var letter in letters)
            hash = Mix(hash, (uint)letter.Code);
        return hash;
    }

    private static uint Mix(uint hash, uint value) => unchecked((hash ^ (value + 0x9E3779B9 + (hash << 6) + (hash >> 2))) * 16777619);

    private static int Drawer(uint kind, uint one, uint two)
    {
        var hash = Mix(Mix(Mix(2166136261, kind), one), two);
        return (int)((hash ^ (hash >> 16)) & (Drawers - 1));
    }
}
