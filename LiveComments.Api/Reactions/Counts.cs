using LiveComments.Contracts;

namespace LiveComments.Api.Reactions;

/// <summary>Counts by reaction type: arrays in the order of <see cref="ReactionTypes.All"/> within, dictionaries without zeros outside.</summary>
static class Counts
{
    public static int Types => ReactionTypes.All.Count;

    /// <summary>Always in the same order, so that the same counts are the same bytes.</summary>
    public static IReadOnlyDictionary<string, T> Named<T>(IReadOnlyList<T> counts) where T : struct, IComparable<T>
    {
        var named = new Dictionary<string, T>(StringComparer.Ordinal);
        for (var index = 0; index < counts.Count; index++)
        {
            if (counts[index].CompareTo(default) > 0)
                named.Add(ReactionTypes.All[index], counts[index]);
        }

        return named;
    }

    /// <summary>By type; what isn't named is zero.</summary>
    public static T[] ByType<T>(IReadOnlyDictionary<string, T> counts) where T : struct =>
        [.. ReactionTypes.All.Select(type => counts.GetValueOrDefault(type))];

    /// <summary>As Postgres has them: null when there never was one.</summary>
    public static T[] Stored<T>(T[]? counts) => counts ?? new T[Types];
}
