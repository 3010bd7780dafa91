using System.Globalization;
using System.Text;

namespace LiveComments.Faults.Judging;

/// <summary>What the judge found wrong, by kind, with the first few of each.</summary>
sealed class Verdict
{
    // Enough to see the pattern; all of them would be thousands of lines.
    private const int Examples = 5;

    private readonly SortedDictionary<string, (int Count, List<string> First)> _faults = new(StringComparer.Ordinal);

    /// <summary>What was counted and is no fault.</summary>
    public List<string> Facts { get; } = [];

    public bool IsGood => _faults.Count == 0;

    public int Count(string kind) => _faults.TryGetValue(kind, out var faults) ? faults.Count : 0;

    public void Charge(string kind, string what)
    {
        var (count, first) = _faults.TryGetValue(kind, out var faults) ? faults : (0, []);
        if (first.Count < Examples)
            first.Add(what);
        _faults[kind] = (count + 1, first);
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (kind, (count, first)) in _faults)
        {
            text.Append(CultureInfo.InvariantCulture, $"{kind}: {count}\n");
            foreach (var one in first)
                text.Append("  ").Append(one).Append('\n');
        }

        return text.Length == 0 ? "nothing wrong\n" : text.ToString();
    }
}
