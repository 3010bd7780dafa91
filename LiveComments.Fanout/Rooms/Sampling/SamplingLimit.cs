namespace LiveComments.Fanout.Rooms.Sampling;

/// <summary>How many comments a second are shown, by how many watch over all nodes: what costs is a send per viewer.</summary>
static class SamplingLimit
{
    public static int For(int audience, int most) => audience switch
    {
        < 100_000 => most,
        < 1_000_000 => Math.Max(1, most / 2),
        _ => Math.Max(1, most / 5),
    };
}
