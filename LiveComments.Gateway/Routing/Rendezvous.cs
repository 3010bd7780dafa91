namespace LiveComments.Gateway.Routing;

/// <summary>
/// Rendezvous hashing: every gateway picks the same node for a stream without talking to the others, and a node that
/// comes or goes moves only its own share of streams.
/// </summary>
static class Rendezvous
{
    /// <summary>The index of the candidate with the highest weight for the key, among those that may be picked; -1 when there is none.</summary>
    public static int Pick<T>(string key, IReadOnlyList<T> candidates, Func<T, string> name, Func<T, bool>? mayBePicked = null)
    {
        var best = -1;
        var bestWeight = 0ul;
        for (var index = 0; index < candidates.Count; index++)
        {
            if (mayBePicked?.Invoke(candidates[index]) == false)
                continue;
            var weight = Weight(key, name(candidates[index]));
            if (best < 0 || weight > bestWeight)
                (best, bestWeight) = (index, weight);
        }

        return best;
    }

    // FNV-1a over both, then a finaliser that spreads what FNV leaves in the low bits. Stable over processes and versions.
    private static ulong Weight(string key, string name)
    {
        var hash = 14695981039346656037ul;
        foreach (var character in key)
            hash = (hash ^ character) * 1099511628211ul;
        hash = (hash ^ '\0') * 1099511628211ul;
        foreach (var character in name)
            hash = (hash ^ character) * 1099511628211ul;
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdul;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53ul;
        return hash ^ (hash >> 33);
    }
}
