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
    public static void Write(Options options, MachineFacts machine, RunResult result, TimeProvider clock)
    {
        var file = Path.Combine(Repository.Root, "bench", "results", string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow():yyyy-MM-dd}-{options.Name}.md"));
        File.WriteAllText(file, Text(options, machine, result));
        Console.WriteLine($"Written: {Path.GetRelativePath(Repository.Root, file)}");
    }

    /// <summary>With what, and under which load; not when, so that runs of a set have it in common.</summary>
    public static string Setup(Options options, MachineFacts machine) => string.Create(CultureInfo.InvariantCulture, $"""
        Commit {machine.Commit}, {machine.Cores} cores ({machine.Processor}), {machine.MemoryGiB} GiB.
        .NET {machine.Dotnet}; {machine.Nats}; {machine.Redis}; {machine.Postgres}. Services and harness built as {Configuration}.
        {FaultySystem.Nodes} Api, {FaultySystem.Nodes} Fanout, the Gateway, nats-server, redis-server and postgres, with authors, viewers and the oracle on the same machine.
        {options.Rate} comments/s due over {options.Streams} streams through the Gateway; {options.Viewers} viewers by SSE and {options.Viewers} by WebSocket; times of faults × {options.Scale}.
        """);

    private static string Text(Options options, MachineFacts machine, RunResult result)
    {
        var text = new StringBuilder();
        var posts = result.Posts.InTime + result.Posts.Late;
        text.Append(CultureInfo.InvariantCulture, $"""
            # Soak of {options.Minutes} minutes, a fault a minute

            {machine.Measured}, load before {machine.LoadAverageBefore}.
            {Setup(options, machine)}

            **{(result.IsGood ? "Nothing lost, twice, out of order or silent" : "FAULTS")}**, seed {result.Seed}, {result.Faults.Count} faults, {posts} posts acknowledged,
            {100.0 * result.Posts.InTime / Math.Max(1, posts):0.000} % of them within {PostFigures.Promise.TotalSeconds:0} s of same-key retries.


            """);
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
        text.Append(MemoryFigure.Table(result.Memory));
        return text.ToString();
    }

    private const string Configuration =
#if DEBUG
        "Debug";
#else
        "Release";
#endif
}
