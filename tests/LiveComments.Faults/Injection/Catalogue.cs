using LiveComments.Faults.Servers;
using LiveComments.TestSupport;

namespace LiveComments.Faults.Injection;

/// <summary>All faults that are proven to lose nothing, by name.</summary>
static class Catalogue
{
    // As long as it is promised to be survived.
    private const double PostgresAwaySeconds = 60;
    private const double NatsAwaySeconds = 30;

    // Ten seeds have thirty of the 21 there are.
    private const int PairsOfASeed = 3;

    // Two to four minutes, with the 60 s for which Postgres is away.
    private const int FaultsOfAPiece = 8;

    /// <summary>Each part alone.</summary>
    public static IReadOnlyList<Fault> Kills { get; } = [.. Parts.All.Select(part => new Killing(part))];

    /// <summary>Any two that can die at once.</summary>
    public static IReadOnlyList<Fault> Pairs { get; } =
        [.. Parts.All.SelectMany((first, index) => Parts.All.Skip(index + 1), (first, second) => new Killing(first, second))];

    public static IReadOnlyList<Fault> Stops { get; } = [.. Parts.All.Select(part => new Stopping(part))];

    public static IReadOnlyList<Fault> Cuts { get; } =
        [.. ((LinkMode[])[LinkMode.Stalled, LinkMode.Swallowing, LinkMode.Resetting, LinkMode.Slow]).Select(mode => new Cutting(mode))];

    public static IReadOnlyList<Fault> LongAbsences { get; } = [new Away(Parts.Postgres, PostgresAwaySeconds), new Away(Parts.Nats, NatsAwaySeconds)];

    public static IReadOnlyList<Fault> Damages { get; } = [new Damaging(Damage.TailCut), new Damaging(Damage.BitFlip)];

    public static IReadOnlyList<Fault> Everything { get; } = [.. Kills, .. Pairs, .. Stops, .. Cuts, new Forgetting(), .. LongAbsences, new FillingTheDisk(), .. Damages];

    /// <summary>
    /// The pieces of a seed, each run on a system of its own: what damages the log would hide what the others lose, and a piece that takes a few
    /// minutes can be run when there is time for it.
    /// </summary>
    /// <param name="random">Chooses some of the pairs, since there are so many, and the order.</param>
    public static IReadOnlyList<IReadOnlyList<Fault>> PiecesOf(Random random)
    {
        var pairs = Pairs.ToArray();
        random.Shuffle(pairs);
        Fault[] together = [.. Kills, .. pairs.Take(PairsOfASeed), .. Stops, .. Cuts, new Forgetting(), .. LongAbsences];
        random.Shuffle(together);
        return [.. together.Chunk(FaultsOfAPiece), .. Tmpfs.IsPossible ? (Fault[][])[[new FillingTheDisk()]] : [], .. Damages.Select(damage => (Fault[])[damage])];
    }

    /// <summary>One a minute: what is over within seconds.</summary>
    public static Fault ForSoak(Random random)
    {
        Fault[] faults = [.. Kills, .. Stops, .. Cuts, new Forgetting()];
        return faults[random.Next(faults.Length)];
    }
}
