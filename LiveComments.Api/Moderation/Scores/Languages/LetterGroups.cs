namespace LiveComments.Api.Moderation.Scores.Languages;

/// <summary>How often groups of two to four letters stand in each of the languages of one script. Immutable once it is made.</summary>
sealed class LetterGroups
{
    private const int MinSize = 2;
    private const int MaxSize = 4;

    // What a group that no example has counts for: tried on sentences that were left out, where less made short texts too sure.
    private const double Unseen = 0.2;

    // Groups overlap, so that each says less than it seems to. With this, of what looked nine-tenths certain one in 300 was
    // wrong, on pieces of one word up to whole sentences that were left out.
    private const double Overlap = 4;

    // Group → the place of its row; behind the rows of all groups lies one for each size, of groups that are unknown.
    private readonly Dictionary<ulong, int> _rows = [];
    private readonly float[] _logarithms;

    public LetterGroups(IReadOnlyList<(string Language, string Text)> sentences)
    {
        Languages = [.. sentences.Select(sentence => sentence.Language).Distinct()];
        var counts = new Dictionary<ulong, int[]>();
        var (totals, kinds) = (new int[MaxSize + 1, Languages.Length], new int[MaxSize + 1]);
        foreach (var (language, text) in sentences)
        {
            var place = Array.IndexOf(Languages, language);
            foreach (var (group, size) in GroupsIn(LanguageModel.LettersOf(text)))
            {
                if (!counts.TryGetValue(group, out var count))
                {
                    counts[group] = count = new int[Languages.Length];
                    kinds[size]++;
                }

                count[place]++;
                totals[size, place]++;
            }
        }

        _logarithms = new float[(counts.Count + MaxSize + 1) * Languages.Length];
        foreach (var (group, count) in counts)
        {
            _rows[group] = _rows.Count;
            Fill(_rows[group], SizeOf(group), count);
        }

        for (var size = MinSize; size <= MaxSize; size++)
            Fill(_rows.Count + size, size, new int[Languages.Length]);

        void Fill(int row, int size, int[] count)
        {
            for (var place = 0; place < Languages.Length; place++)
                _logarithms[row * Languages.Length + place] = (float)Math.Log((count[place] + Unseen) / (totals[size, place] + Unseen * (kinds[size] + 1)));
        }
    }

    public string[] Languages { get; }

    /// <summary>Where each of them stands among all.</summary>
    public int[] Places { get; set; } = [];

    /// <summary>How likely each of the languages is, together 1.</summary>
    /// <param name="letters">As <see cref="LanguageModel.LettersOf"/> has them.</param>
    public double[] Shares(string letters)
    {
        var sums = new double[Languages.Length];
        foreach (var (group, size) in GroupsIn(letters))
        {
            var row = _rows.TryGetValue(group, out var known) ? known : _rows.Count + size;
            var logarithms = _logarithms.AsSpan(row * Languages.Length, Languages.Length);
            for (var place = 0; place < sums.Length; place++)
                sums[place] += logarithms[place];
        }

        var (most, total) = (sums.Max(), 0.0);
        for (var place = 0; place < sums.Length; place++)
            total += sums[place] = Math.Exp((sums[place] - most) / Overlap);
        for (var place = 0; place < sums.Length; place++)
            sums[place] /= total;
        return sums;
    }

    // 16 bits a letter: the scripts in question need no more.
    private static IEnumerable<(ulong Group, int Size)> GroupsIn(string letters)
    {
        for (var first = 0; first < letters.Length; first++)
        {
            ulong group = letters[first];
            for (var size = MinSize; size <= MaxSize && first + size <= letters.Length; size++)
            {
                group = (group << 16) | letters[first + size - 1];
                yield return (group, size);
            }
        }
    }

    private static int SizeOf(ulong group) => group >> 48 != 0 ? 4 : group >> 32 != 0 ? 3 : 2;
}
