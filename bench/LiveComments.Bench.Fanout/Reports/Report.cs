using System.Globalization;
using System.Text;
using System.Text.Json;
using LiveComments.Bench.Common.Machine;
using LiveComments.Bench.Fanout.Figures;
using LiveComments.TestSupport;

namespace LiveComments.Bench.Fanout.Reports;

/// <summary>Results for people (Markdown) and for programs (JSON).</summary>
static class Report
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static void Write(Options options, MachineFacts facts, string table, object forPrograms, TimeProvider clock) =>
        WriteFiles(options, facts, Head(options, facts, Load(options)) + table, forPrograms, clock);

    /// <summary>As <see cref="Write"/>, for what was measured under several loads, which their own files tell.</summary>
    public static void WritePage(Options options, MachineFacts facts, string page, object forPrograms, TimeProvider clock) =>
        WriteFiles(options, facts, Head(options, facts, "Each figure has a file of its own beside this one.") + page, forPrograms, clock);

    private static void WriteFiles(Options options, MachineFacts facts, string text, object forPrograms, TimeProvider clock)
    {
        var markdown = text.TrimEnd() + "\n";
        Console.WriteLine();
        Console.WriteLine(markdown);
        if (!options.WritesResult)
            return;
        var name = $"{clock.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}-{options.Name}";
        var folder = Path.Combine(Repository.Root, "bench", "results");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, $"{name}.md"), markdown);
        File.WriteAllText(Path.Combine(folder, $"{name}.json"), JsonSerializer.Serialize(new { options, facts, results = forPrograms }, Json) + "\n");
        Console.WriteLine($"Written to {Path.Combine("bench", "results", name)}.md and .json");
    }

    private static string Load(Options options) => string.Create(
        CultureInfo.InvariantCulture,
        $"{options.Viewers} viewers, each with an address and a connection of its own, reading all the time; {options.Rate} comments/s to each, due at even moments; {(options.FrameBytes is { } bytes ? $"{bytes} bytes of event text for one comment" : "comments as Api writes them")}. Warm-up {options.WarmUp} s, then {options.Seconds} s measured, {options.Runs} time(s).");

    private static string Head(Options options, MachineFacts facts, string load)
    {
        var text = new StringBuilder();
        text.Line($"# {options.Name}, {facts.Measured}");
        text.Line($"");
        text.Line($"- Commit {facts.Commit}. {facts.Cores} cores ({facts.Processor}), {facts.MemoryGiB} GiB; servers, publisher and viewers all on this machine, over loopback.");
        text.Line($"- .NET {facts.Dotnet}; {facts.Nats}; {facts.Nginx}. Load average when it began: {facts.LoadAverageBefore}.");
        text.Line($"- {load}");
        text.Line($"");
        return text.ToString();
    }
}

static class Lines
{
    public static void Line(this StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
