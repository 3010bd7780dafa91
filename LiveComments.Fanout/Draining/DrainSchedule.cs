namespace LiveComments.Fanout.Draining;

/// <summary>
/// When the viewers of a node that stops leave it: in slices of equal size, as fast as other nodes can let them in, and
/// all of them within a bound, whatever that takes.
/// </summary>
/// <param name="viewers">How many there are when it begins.</param>
/// <param name="longest">Within what all of them leave.</param>
readonly struct DrainSchedule(long viewers, TimeSpan longest)
{
    /// <summary>A viewer is in one of these; so many that no slice is a stampede by itself.</summary>
    public const int Slices = 80;

    // What one node lets in without its own viewers noticing.
    private const int ReturnsPerSecond = 2_000;

    // So many may come back at once: nobody would notice, and a small node stops without delay.
    private const int FewViewers = 500;

    /// <summary>From the first slice to the last.</summary>
    public TimeSpan Duration { get; } = viewers <= FewViewers ? TimeSpan.Zero
        : TimeSpan.FromSeconds((double)viewers / ReturnsPerSecond) is var needed && needed < longest ? needed : longest;

    /// <summary>When a slice leaves, after the beginning.</summary>
    public TimeSpan DueOf(int slice) => Duration * ((double)slice / (Slices - 1));

    /// <summary>How much of all viewers has left when a slice has.</summary>
    public static double ShareUntil(int slice) => (slice + 1.0) / Slices;
}
