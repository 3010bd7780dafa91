namespace LiveComments.Fanout.Rooms.Sampling;

/// <summary>How many comments a second are shown, by how many watch over all nodes: what costs is a send per viewer.</summary>
static class SamplingLimit
{
    /// <param name="audience">Over all nodes.</param>
    /// <param name="most">What a small audience is shown.</param>
    /// <param name="share">How much of that a node shows that has too much to do.</param>
    public static int For(int audience, int most, double share = 1) => Math.Max(1, (int)(share * audience switch
    {
        < 100_000 => most,
        < 1_000_000 => most / 2,
        _ => most / 5,
    }));
}
