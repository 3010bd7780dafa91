using System.Globalization;
using System.Text;
using LiveComments.Bench.Common.Machine;
using LiveComments.Faults.Load;
using LiveComments.Faults.Servers;
using LiveComments.TestSupport;

namespace LiveComments.Faults.Runs;

/// <summary>A page of what came of the runs, with its set-up.</summary>
static class Report
{
    public static void Write(Options options, MachineFacts machine, IReadOnlyList<RunResult> results, TimeProvider clock)
    {
        var file = Path.Combine(Repository.Root, "bench", "results", string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow():yyyy-MM-dd}-{options.Name}.md"));
        File.WriteAllText(file, Text(options, machine, results));
        Console.WriteLine($"Written: {Path.GetRelativePath(Repository.Root, file)}");
    }

    private static string Text(Options options, MachineFacts machine, IReadOnlyList<RunResult> results)
    {
        var text = new StringBuilder();
        var posts = results.Sum(result => result.Posts.InTime + result.Posts.Late);
        text.Append(CultureInfo.InvariantCulture, $"""
            # {(options.Command == "soak" ? $"Soak of {options.Minutes} minutes, a fault a minute" : $"{results.Select(result => result.Seed).Distinct().Count()} seeds of faults")}

            {machine.Measured}, commit {machine.Commit}, {machine.Cores} cores ({machine.Processor}), {machine.MemoryGiB} GiB, load before {machine.LoadAverageBefore}.
            .NET {machine.Dotnet}; {machine.Nats}; {machine.Redis}; {machine.Postgres}. Services and harness built as {Configuration}.

            {FaultySystem.Nodes} Api, {FaultySystem.Nodes} Fanout, the Gateway, nats-server, redis-server and postgres, with authors, viewers and the oracle on the same machine.
            {options.Rate} comments/s due over {options.Streams} streams through the Gateway; {options.Viewers} viewers by SSE and {options.Viewers} by WebSocket; times of faults × {options.Scale}.

            **{results.Count(result => result.IsGood)} of {results.Count} runs without fault**, {results.Sum(result => result.Faults.Count)} faults, {posts} posts acknowledged,
            {100.0 * results.Sum(result => result.Posts.InTime) / Math.Max(1, posts):0.000} % of them within {PostFigures.Promise.TotalSeconds:0} s of same-key retries.


            """);
        foreach (var result in results)
        {
            text.Append(CultureInfo.InvariantCulture, $"## Seed {result.Seed}: {(result.IsGood ? "nothing lost, twice, out of order or silent" : "FAULTS")} ({result.Took.TotalMinutes:0.0} min)\n\n");
            foreach (var fact in result.Verdict?.Facts ?? [])
                text.Append("- ").Append(fact).Append('\n');
            text.Append("- ").Append(result.PostsText()).Append("\n\n```\n");
            foreach (var broken in result.Broken)
                text.Append("not kept: ").Append(broken).Append('\n');
            if (result.Verdict is not { IsGood: true })
                text.Append(result.Verdict?.ToString() ?? "never judged\n");
            foreach (var line in result.Timeline)
                text.Append(line).Append('\n');
            text.Append("```\n\n");
        }

        if (options.Command == "soak")
            Memory(text, results[0]);
        return text.ToString();
    }

    private static void Memory(StringBuilder text, RunResult result)
    {
        text.Append("## Memory\n\nOf each process's longest life; the slope is that of its last three fifths.\n\n| process | lives | longest | first MiB | most | last | MiB/min |\n|---|---|---|---|---|---|---|\n");
        foreach (var figure in result.Memory)
            text.Append(CultureInfo.InvariantCulture, $"| {figure.Name} | {figure.Lives} | {figure.Life.TotalMinutes:0.0} min | {figure.First:0} | {figure.Most:0} | {figure.Last:0} | {(figure.Slope is { } slope ? slope.ToString("0.0", CultureInfo.InvariantCulture) : "too short")} |\n");
    }

    private const string Configuration =
#if DEBUG
        "Debug";
#else
        "Release";
#endif
}
