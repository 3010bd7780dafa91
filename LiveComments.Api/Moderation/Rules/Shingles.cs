using LiveComments.Api.Moderation.Text;

namespace LiveComments.Api.Moderation.Rules;

/// <summary>A text as the set of its groups of three letters: two texts are nearly the same when most of these are.</summary>
readonly struct Shingles
{
    // Of a text's plain form; a longer one is told by its beginning.
    private const int MaxLetters = 600;
    private const int Size = 3;

    private readonly uint[] _sorted;

    private Shingles(uint[] sorted, ulong whole, int letters) => (_sorted, Whole, Letters) = (sorted, whole, letters);

    /// <summary>Equal for texts of the same letters.</summary>
    public ulong Whole { get; }

    /// <summary>How many letters and spaces the text has.</summary>
    public int Letters { get; }

    public static Shingles Of(ReadOnlySpan<Letter> plain)
    {
        var letters = plain[..Math.Min(plain.Length, MaxLetters)];
        var whole = 14695981039346656037;
        foreach (var letter in plain)
            whole = unchecked((whole ^ (uint)letter.Code) * 1099511628211);
        var groups = new uint[Math.Max(0, letters.Length - Size + 1)];
        for (var index = 0; index < groups.Length; index++)
            groups[index] = unchecked((uint)((letters[index].Code * 31 + letters[index + 1].Code) * 31 + letters[index + 2].Code) * 2654435761);
        Array.Sort(groups);
        return new Shingles(groups, whole, plain.Length);
    }

    /// <summary>The share of groups that both have, of those that either has: 1 for the same text, 0 for nothing in common.</summary>
    public double Likeness(Shingles other)
    {
        if (Whole == other.Whole && Letters == other.Letters)
            return 1;
        var (one, two) = (_sorted, other._sorted);
        // Much shorter than the other: no need to look.
        if (one.Length == 0 || two.Length == 0 || Math.Min(one.Length, two.Length) * 2 < Math.Max(one.Length, two.Length))
            return 0;
        var (first, second, both) = (0, 0, 0);
        while (first < one.Length && second < two.Length)
        {
            if (one[first] == two[second])
            {
                both++;
                first++;
                second++;
            }
            else if (one[first] < two[second])
            {
                first++;
            }
            else
            {
                second++;
            }
        }

        return (double)both / (one.Length + two.Length - both);
    }
}
