using System.Globalization;
using System.Text;
using LiveComments.Faults.Injection;
using LiveComments.Faults.Judging;
using LiveComments.Faults.Load;

namespace LiveComments.Faults.Runs;

/// <summary>What became of one run.</summary>
/// <param name="Seed">Repeats it.</param>
/// <param name="Faults">What struck, in order.</param>
/// <param name="Folder">Where its journal and logs lie.</param>
/// <param name="Timeline">What happened when, with what was measured.</param>
/// <param name="Broken">Promises that were not kept.</param>
/// <param name="Verdict">What the judge found; null when it never came so far.</param>
/// <param name="Posts">Of the authors.</param>
/// <param name="Memory">Of the processes.</param>
/// <param name="Took">From the first post to the verdict.</param>
sealed record RunResult(
    int Seed, IReadOnlyList<StruckFault> Faults, string Folder, IReadOnlyList<string> Timeline, IReadOnlyList<string> Broken, Verdict? Verdict, PostFigures Posts, IReadOnlyList<MemoryFigure> Memory, TimeSpan Took)
{
    public bool IsGood => Verdict is { IsGood: true } && Broken.Count == 0;

    /// <summary>Everything that somebody needs who looks for the reason.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Seed {Seed}, faults: {string.Join(", ", Faults.Select(fault => fault.Name))}. Journal and logs: {Folder}\n");
        foreach (var line in Timeline)
            text.Append(line).Append('\n');
        foreach (var broken in Broken)
            text.Append("not kept: ").Append(broken).Append('\n');
        text.Append(Verdict?.ToString() ?? "never judged\n");
        foreach (var fact in Verdict?.Facts ?? [])
            text.Append(fact).Append('\n');
        text.Append(PostsText()).Append('\n');
        return text.ToString();
    }

    public string PostsText() => string.Create(CultureInfo.InvariantCulture,
        $"{100 * Posts.ShareInTime:0.000} % of {Posts.InTime + Posts.Late} posts within {PostFigures.Promise.TotalSeconds:0} s of same-key retries, the slowest in {Posts.Slowest.TotalSeconds:0.0} s; {Posts.NotOffered} fell due while every author waited; answers besides: {(Posts.Refusals.IsEmpty ? "none" : string.Join(", ", Posts.Refusals.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} × {pair.Key}")))}");
}
