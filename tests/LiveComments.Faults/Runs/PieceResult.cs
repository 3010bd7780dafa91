using System.Text.Json.Serialization;
using LiveComments.Faults.Injection;

namespace LiveComments.Faults.Runs;

/// <summary>What became of one piece of the long set, as it is kept: a line of JSON.</summary>
/// <param name="Key">Names the piece: a seed, and which faults of it.</param>
/// <param name="Seed">Repeats it.</param>
/// <param name="Setup">Load, machine and commit, in words.</param>
/// <param name="Measured">When.</param>
/// <param name="IsGood">Nothing lost, twice, out of order or silent, and all promises kept.</param>
/// <param name="Faults">Each fault, in order.</param>
/// <param name="Attempted">Posts of the whole piece.</param>
/// <param name="Acknowledged">Of those.</param>
/// <param name="InTime">Of those, within ten seconds of retries.</param>
/// <param name="Verdict">What the judge found wrong.</param>
/// <param name="Facts">What was counted and is no fault.</param>
/// <param name="Posts">Of the posts, in words.</param>
/// <param name="Broken">Promises that were not kept.</param>
/// <param name="Timeline">What happened when.</param>
/// <param name="Minutes">How long it took.</param>
sealed record PieceResult(
    string Key,
    int Seed,
    string Setup,
    string Measured,
    bool IsGood,
    IReadOnlyList<StruckFault> Faults,
    long Attempted,
    long Acknowledged,
    long InTime,
    string Verdict,
    IReadOnlyList<string> Facts,
    string Posts,
    IReadOnlyList<string> Broken,
    IReadOnlyList<string> Timeline,
    double Minutes)
{
    /// <summary>The judge found nothing; what was promised may not have been kept.</summary>
    public bool IsWhole => Facts.Count > 0 && Verdict == NothingWrong;

    /// <summary>As the judge says it.</summary>
    public const string NothingWrong = "nothing wrong";

    public static PieceResult Of(string key, RunResult result, string setup, string measured) => new(
        key, result.Seed, setup, measured, result.IsGood, result.Faults, result.Posts.Attempted, result.Posts.Acknowledged, result.Posts.InTime,
        result.Verdict?.ToString().TrimEnd() ?? "never judged", result.Verdict?.Facts ?? [], result.PostsText(), result.Broken, result.Timeline, result.Took.TotalMinutes);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PieceResult))]
sealed partial class PieceJson : JsonSerializerContext;
