using System.Globalization;
using System.Text;
using LiveComments.Faults.Injection;
using LiveComments.Faults.Load;

namespace LiveComments.Faults.Runs;

/// <summary>The page of a set: a table with a row for each fault, and whatever was not as it should be.</summary>
static class FaultsPage
{
    // A kill of two parts at once; there are so many that a page shows them in one row, and then one by one.
    private static readonly HashSet<string> Pairs = [.. Catalogue.Pairs.Select(fault => fault.Name)];

    // A server that panics prints a page.
    private const int MostOfOneReason = 500;

    public static string Text(IReadOnlyList<PieceResult> pieces, string source)
    {
        var text = new StringBuilder();
        var (acknowledged, inTime) = (pieces.Sum(piece => piece.Acknowledged), pieces.Sum(piece => piece.InTime));
        text.Append(CultureInfo.InvariantCulture, $"""
            # Faults: {pieces.Select(piece => piece.Seed).Distinct().Count()} seeds

            **{pieces.Count(piece => piece.IsWhole)} of {pieces.Count} runs lost nothing, had nothing twice, out of order or silent**, with {pieces.Sum(piece => piece.Faults.Count)} faults;
            {pieces.Count(piece => piece.IsGood)} of them kept every promise. {pieces.Sum(piece => piece.Attempted)} posts were attempted, {acknowledged} acknowledged,
            {100.0 * inTime / Math.Max(1, acknowledged):0.000} % of them within {PostFigures.Promise.TotalSeconds:0} s of same-key retries, faults included.
            A run that was not good was run again later; the table of runs has both.
            Each run is a system of its own that several faults strike one after the other; [what is judged](../../tests/LiveComments.Faults/README.md).
            All runs with their timelines: [{source}]({source}), a line each.

            {string.Join("\n\n", pieces.Select(piece => piece.Setup).Distinct())}

            "Back" is the time from the moment the part answers again until a post is acknowledged and no viewer lacks anything that is older than a
            second; the median and the longest of all. "Passed" says that the run it was in was whole and that what is promised of this fault was kept.

            | fault | times | passed | posts while it lasted | acknowledged meanwhile | back, median s | longest s |
            |---|---:|---:|---:|---:|---:|---:|

            """);
        var struck = pieces.SelectMany(piece => piece.Faults.Select(fault => (Piece: piece, Fault: fault))).ToList();
        foreach (var fault in Catalogue.Everything.Where(fault => !Pairs.Contains(fault.Name)))
            Row(text, fault.Name, [.. struck.Where(one => one.Fault.Name == fault.Name)]);
        Row(text, "two killed within a second", [.. struck.Where(one => Pairs.Contains(one.Fault.Name))]);
        text.Append("\n## Two killed within a second, by pair\n\n| fault | times | passed | posts while it lasted | acknowledged meanwhile | back, median s | longest s |\n|---|---:|---:|---:|---:|---:|---:|\n");
        foreach (var pair in Catalogue.Pairs)
            Row(text, pair.Name, [.. struck.Where(one => one.Fault.Name == pair.Name)]);
        NotGood(text, pieces);
        text.Append("\n## Runs\n\n| seed | faults | posts acknowledged | in time | minutes | measured; load before | commit | |\n|---|---|---:|---:|---:|---|---|---|\n");
        foreach (var piece in pieces.OrderBy(piece => piece.Seed).ThenBy(piece => piece.Key, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"| {piece.Seed} | {string.Join(", ", piece.Faults.Select(fault => fault.Name))} | {piece.Acknowledged} | {100.0 * piece.InTime / Math.Max(1, piece.Acknowledged):0.00} % | {piece.Minutes:0.0} | {piece.Measured.Replace(", load before", ";", StringComparison.Ordinal)} | {CommitOf(piece)} | {(piece.IsGood ? "good" : piece.IsWhole ? "whole, late" : "**FAULTS**")} |\n");
        return text.ToString();
    }

    private static void Row(StringBuilder text, string name, IReadOnlyList<(PieceResult Piece, StruckFault Fault)> struck)
    {
        if (struck.Count == 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {name} | 0 | | | | | |\n");
            return;
        }

        var back = struck.Where(one => one.Fault.BackSeconds is not null).Select(one => one.Fault.BackSeconds!.Value).Order().ToList();
        text.Append(CultureInfo.InvariantCulture,
            $"| {name} | {struck.Count} | {struck.Count(one => one.Piece.IsWhole && one.Fault is { Broken.Count: 0, BackSeconds: not null })} | {struck.Sum(one => one.Fault.Attempted)} | {struck.Sum(one => one.Fault.Acknowledged)} | {(back.Count == 0 ? "never" : string.Create(CultureInfo.InvariantCulture, $"{back[back.Count / 2]:0.0}"))} | {(back.Count < struck.Count ? "never" : string.Create(CultureInfo.InvariantCulture, $"{back[^1]:0.0}"))} |\n");
    }

    private static string CommitOf(PieceResult piece) => piece.Setup[(piece.Setup.IndexOf(' ') + 1)..piece.Setup.IndexOf(',')];

    // All of it is in the source.
    private static string Short(string text) => text.ReplaceLineEndings("; ") is { Length: > MostOfOneReason } all ? all[..MostOfOneReason] + " …" : text.ReplaceLineEndings("; ");

    private static void NotGood(StringBuilder text, IReadOnlyList<PieceResult> pieces)
    {
        var bad = pieces.Where(piece => !piece.IsGood).ToList();
        if (bad.Count == 0)
            return;
        text.Append("\n## What was not kept\n\n");
        foreach (var piece in bad)
        {
            foreach (var broken in piece.Broken)
                text.Append(CultureInfo.InvariantCulture, $"- seed {piece.Seed} ({piece.Key}; {piece.Measured}): {Short(broken)}\n");
            if (!piece.IsWhole)
                text.Append(CultureInfo.InvariantCulture, $"- seed {piece.Seed} ({piece.Key}; {piece.Measured}): {Short(piece.Verdict)}\n");
        }
    }
}
