namespace LiveComments.Fanout.Rooms.Sampling;

/// <summary>A hash that is the same in every process and every version, and spreads ids that differ by little.</summary>
static class StableHash
{
    /// <summary>FNV-1a, and a finaliser that spreads what FNV leaves in the low bits.</summary>
    public static uint Of(string id)
    {
        var hash = 14695981039346656037ul;
        foreach (var character in id)
            hash = (hash ^ character) * 1099511628211ul;
        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdul;
        hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53ul;
        return (uint)(hash >> 32);
    }
}
