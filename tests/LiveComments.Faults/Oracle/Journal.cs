using LiveComments.Contracts;

namespace LiveComments.Faults.Oracle;

/// <summary>What the oracle wrote down, read back from its file.</summary>
sealed class Journal
{
    private readonly List<JournalLine> _lines;

    public Journal(IEnumerable<JournalLine> lines)
    {
        _lines = [.. lines];
        foreach (var line in _lines)
        {
            if (line.Kind == JournalKind.Attempt)
                Attempts[line.Post] = line;
            else if (line.Kind == JournalKind.Acknowledged)
                Acknowledged[line.Post] = line;
        }
    }

    /// <summary>In the order in which they were written: what stands before a line happened before it.</summary>
    public IReadOnlyList<JournalLine> Lines => _lines;

    public Dictionary<int, JournalLine> Attempts { get; } = [];

    public Dictionary<int, JournalLine> Acknowledged { get; } = [];

    public static Journal Read(string file) => new(File.ReadLines(file).Select(JournalLine.Parse).OfType<JournalLine>());

    /// <summary>The text and the key of a post.</summary>
    public static string TextOf(string run, int post) => $"{run}-{post}";

    /// <summary>Null when the key is not one of that run's posts.</summary>
    public static int? PostOf(string run, string? key) =>
        key is not null && key.StartsWith(run, StringComparison.Ordinal) && key.Length > run.Length && key[run.Length] == '-'
        && int.TryParse(key.AsSpan(run.Length + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var post)
            ? post
            : null;
}
