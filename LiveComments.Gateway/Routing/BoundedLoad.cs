namespace LiveComments.Gateway.Routing;

/// <summary>Rendezvous hashing with bounded load: the first candidate in the key's order that has not more than its share.</summary>
static class BoundedLoad
{
    /// <summary>A node may have this much more than the average: less would move viewers about for nothing, more would let one node melt.</summary>
    public const double Slack = 1.25;

    /// <param name="key">The stream.</param>
    /// <param name="candidates">At least one.</param>
    /// <param name="name">A candidate's name, which its place in the key's order follows from.</param>
    /// <param name="load">How much it has.</param>
    /// <param name="floor">What each candidate takes whatever the average is.</param>
    public static int Pick<T>(string key, IReadOnlyList<T> candidates, Func<T, string> name, Func<T, long> load, long floor)
    {
        var total = 0L;
        for (var index = 0; index < candidates.Count; index++)
            total += load(candidates[index]);
        // Above the average by definition, so somebody is below it and there is always a choice.
        var share = Math.Max(floor, (long)Math.Ceiling(Slack * (total + 1) / candidates.Count));
        var picked = Rendezvous.Pick(key, candidates, name, candidate => load(candidate) < share);
        // Loads move while they are read.
        return picked >= 0 ? picked : Rendezvous.Pick(key, candidates, name);
    }
}
