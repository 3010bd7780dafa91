using System.Globalization;
using System.Text.Json;
using LiveComments.TestSupport;

namespace LiveComments.Faults.Runs;

/// <summary>
/// Results of a set that is run in pieces: each piece is a line of <c>bench/results/DATE-NAME.jsonl</c> as soon as it is judged, and the page
/// beside it is made of all lines. Who runs the set again goes on after the last piece.
/// </summary>
sealed class Ledger
{
    private readonly string _file;

    private Ledger(string file) => _file = file;

    /// <summary>Of that name: the one there is, on whatever day it began, or a new one.</summary>
    public static Ledger Open(string name, TimeProvider clock)
    {
        var folder = Path.Combine(Repository.Root, "bench", "results");
        var known = Directory.EnumerateFiles(folder, $"????-??-??-{name}.jsonl").Order(StringComparer.Ordinal).LastOrDefault();
        return new Ledger(known ?? Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow():yyyy-MM-dd}-{name}.jsonl")));
    }

    /// <summary>All pieces, in the order in which they were run.</summary>
    public IReadOnlyList<PieceResult> Read() =>
        File.Exists(_file) ? [.. File.ReadLines(_file).Where(line => line.Length > 0).Select(line => JsonSerializer.Deserialize(line, PieceJson.Default.PieceResult)!)] : [];

    /// <summary>Whether the piece has been run and was good. One that was not is run again; what it was stays on the page.</summary>
    public bool HasGood(string key) => Read().Any(piece => piece.Key == key && piece.IsGood);

    /// <summary>Keeps it, and makes the page anew. Two processes may do so: a line is written in one go.</summary>
    public void Add(PieceResult piece)
    {
        File.AppendAllText(_file, JsonSerializer.Serialize(piece, PieceJson.Default.PieceResult) + "\n");
        WritePage();
    }

    public void WritePage()
    {
        var page = Path.ChangeExtension(_file, ".md");
        File.WriteAllText(page, FaultsPage.Text(Read(), Path.GetFileName(_file)));
        Console.WriteLine($"Written: {Path.GetRelativePath(Repository.Root, page)}");
    }
}
