using System.Globalization;
using System.Text;
using System.Text.Json;
using LiveComments.Bench.Common.Machine;
using LiveComments.TestSupport;

namespace LiveComments.Bench.Page;

/// <summary>What was measured: for people (Markdown) and for programs (JSON).</summary>
/// <param name="Setup">How.</param>
/// <param name="Rows">What, how much, and what is asked for.</param>
sealed record Report(string Setup, IReadOnlyList<Row> Rows)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static double Percentile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[(int)Math.Min(sorted.Length - 1, Math.Ceiling(share * sorted.Length) - 1)];
    }

    public void Write(MachineFacts facts, string name, bool writesResult)
    {
        var text = new StringBuilder();
        var english = CultureInfo.InvariantCulture;
        text.AppendLine(english, $"# {name}, {facts.Measured}").AppendLine();
        text.AppendLine(english, $"- Commit {facts.Commit}. {facts.Cores} cores ({facts.Processor}), {facts.MemoryGiB} GiB; servers and browser all on this machine, Chromium without a window or a graphics card.");
        text.AppendLine(english, $"- Load average when it began: {facts.LoadAverageBefore}.");
        text.AppendLine(english, $"- {Setup}").AppendLine();
        text.AppendLine("| what | measured | asked for |").AppendLine("|---|---:|---:|");
        foreach (var row in Rows)
            text.AppendLine(english, $"| {row.What} | {row.Value:0.#} {row.Unit} | {row.AskedFor} |");
        Console.WriteLine(text);
        if (!writesResult)
            return;
        var path = Path.Combine(Repository.Root, "bench", "results", $"{TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", english)}-{name}");
        File.WriteAllText(path + ".md", text.ToString());
        File.WriteAllText(path + ".json", JsonSerializer.Serialize(new { facts, Setup, Rows }, Json) + "\n");
        Console.WriteLine($"Written to {Path.GetRelativePath(Repository.Root, path)}.md and .json");
    }
}

/// <summary>One number.</summary>
sealed record Row(string What, double Value, string Unit, string AskedFor = "");
