using System.Globalization;
using System.Text;

namespace LiveComments.Faults.Runs;

/// <summary>A process's memory over its longest life.</summary>
/// <param name="Name">The process.</param>
/// <param name="IsJudged">It is one of our services; what the servers hold is told only, since Redis remembers each post's key for a day.</param>
/// <param name="Lives">How often it was started.</param>
/// <param name="Life">How long it lived at the longest.</param>
/// <param name="Resident">MiB that the system gave it.</param>
/// <param name="Live">MiB of objects that are left after a full collection; null for what is no .NET process.</param>
sealed record MemoryFigure(string Name, bool IsJudged, int Lives, TimeSpan Life, Thirds? Resident, Thirds? Live)
{
    // What a cache, a histogram or a slower garbage collector may make of it; a leak of a byte for each byte of comments is far beyond within minutes.
    private const double MostGrowth = 1.2;
    private const double FewMiBOfLive = 16;
    private const double FewMiBOfResident = 64;

    public bool IsSteady => Why.Length == 0;

    /// <summary>Empty when it is steady, or lived too shortly to say.</summary>
    public string Why =>
        !IsJudged ? "" : Live is { } live && live.Last > (live.Middle * MostGrowth) + FewMiBOfLive ? live.Grew("live objects")
        : Resident is { } resident && resident.Last > (resident.Middle * MostGrowth) + FewMiBOfResident ? resident.Grew("resident")
        : "";

    public static string Table(IReadOnlyList<MemoryFigure> figures)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            ## Memory

            Of each process's longest life, in MiB: medians of its three thirds. Resident is what the system gave it; live is what a full collection
            leaves, asked for once a minute. Steady is a service whose last third has at most {100 * (MostGrowth - 1):0} % more than the middle one, and {FewMiBOfLive:0} MiB (live)
            or {FewMiBOfResident:0} MiB (resident) on top. Redis keeps the key of each post for a day, and grows.

            | process | lives | longest | resident: first third | middle | last | live: first third | middle | last | |
            |---|---:|---:|---:|---:|---:|---:|---:|---:|---|

            """);
        foreach (var figure in figures)
            text.Append(CultureInfo.InvariantCulture, $"| {figure.Name} | {figure.Lives} | {figure.Life.TotalMinutes:0.0} min | {Columns(figure.Resident)} | {Columns(figure.Live)} | {(!figure.IsJudged ? "" : figure.Resident is null ? "too short to say" : figure.IsSteady ? "steady" : "**not steady**")} |\n");
        return text.ToString();
    }

    private static string Columns(Thirds? thirds) =>
        thirds is null ? " | | " : string.Create(CultureInfo.InvariantCulture, $"{thirds.First:0} | {thirds.Middle:0} | {thirds.Last:0}");
}

/// <summary>Medians of the three thirds of a life.</summary>
sealed record Thirds(double First, double Middle, double Last)
{
    /// <summary>Null when one of the thirds has no sample.</summary>
    public static Thirds? Of(IReadOnlyList<(TimeSpan At, double MiB)> samples, TimeSpan from, TimeSpan life)
    {
        double?[] medians = [.. Enumerable.Range(0, 3).Select(third => Median([.. samples.Where(sample => (int)Math.Min(2, 3 * ((sample.At - from) / life)) == third).Select(sample => sample.MiB).Order()]))];
        return medians is [{ } first, { } middle, { } last] ? new Thirds(first, middle, last) : null;
    }

    public string Grew(string what) => string.Create(CultureInfo.InvariantCulture, $"{what} went from {Middle:0} MiB in the middle third of its life to {Last:0} MiB in the last");

    private static double? Median(IReadOnlyList<double> sorted) => sorted.Count == 0 ? null : sorted[sorted.Count / 2];
}
