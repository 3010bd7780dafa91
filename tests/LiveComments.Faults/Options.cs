using System.Globalization;
using LiveComments.Faults.Injection;
using LiveComments.Faults.Load;

namespace LiveComments.Faults;

/// <summary>The command line.</summary>
sealed record Options
{
    public const string Help = """
        What happens to the system when its parts fail. One of:
          seeds               each seed strikes with all faults in an order of its own, some at a time (the long set)
          soak                a fault a minute
          list                names all faults

          --seeds N           how many seeds (default 10)
          --seed N            the first one (default: chosen by chance, and printed)
          --faults A,B        only these, in this order, one system for all of them
          --minutes N         of the soak (default 30)
          --rate N            comments a second over all streams (default 1000)
          --streams N         (default 4)
          --viewers N         of each transport, SSE and WebSocket (default 100)
          --shown N           of a faster stream viewers are shown N comments a second, and told how many are left out (default: all)
          --scale X           of all times for which faults last, and the pauses between them (default 1; of the soak 0.5)
          --name NAME         writes bench/results/<date>-NAME.md; seeds go on there where the last run of that name ended
          --within N          begins nothing more after N minutes (default: goes on to the end)
        """;

    // More than any stream has: nothing is left out.
    private const int Everything = 100_000;

    // Processes that die are started again within 3 s, as any supervisor does; with 7 s of standstill and more, nobody's retries within 10 s would prove anything.
    private const double SoakScale = 0.5;

    public string Command { get; init; } = "";

    public int Seeds { get; init; } = 10;

    public int? FirstSeed { get; init; }

    public IReadOnlyList<Fault>? Faults { get; init; }

    public int Minutes { get; init; } = 30;

    public int Rate { get; init; } = 1_000;

    public int Streams { get; init; } = 4;

    public int Viewers { get; init; } = 100;

    public int Shown { get; init; } = Everything;

    public double Scale { get; init; } = 1;

    public string? Name { get; init; }

    /// <summary>In minutes; null for no bound.</summary>
    public int? Within { get; init; }

    public LoadPlan Load => new(Rate, Streams, Viewers, Viewers, Shown);

    /// <summary>The options, or what is wrong with them; neither asks for help.</summary>
    public static (Options? Options, IReadOnlyList<string> Faults) Parse(string[] args)
    {
        if (args.Length == 0 || args.Contains("--help"))
            return (null, []);
        var wrong = new List<string>();
        var options = new Options { Command = args[0], Scale = args[0] == "soak" ? SoakScale : 1 };
        if (options.Command is not ("seeds" or "soak" or "list"))
            wrong.Add($"'{options.Command}' is not seeds, soak or list.");
        for (var index = 1; index < args.Length; index += 2)
        {
            var value = index + 1 < args.Length ? args[index + 1] : "";
            switch (args[index])
            {
                case "--seeds":
                    options = options with { Seeds = Number(1, 10_000) };
                    break;
                case "--seed":
                    options = options with { FirstSeed = Number(0, int.MaxValue) };
                    break;
                case "--minutes":
                    options = options with { Minutes = Number(1, 24 * 60) };
                    break;
                case "--rate":
                    options = options with { Rate = Number(1, 20_000) };
                    break;
                case "--streams":
                    options = options with { Streams = Number(1, 1_000) };
                    break;
                case "--viewers":
                    options = options with { Viewers = Number(1, 2_000) };
                    break;
                case "--shown":
                    options = options with { Shown = Number(1, Everything) };
                    break;
                case "--scale":
                    if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var scale) || scale is not (> 0 and <= 10))
                        wrong.Add($"--scale must be a number above 0, up to 10, not '{value}'.");
                    else
                        options = options with { Scale = scale };
                    break;
                case "--within":
                    options = options with { Within = Number(1, 24 * 60) };
                    break;
                case "--name":
                    options = options with { Name = value };
                    break;
                case "--faults":
                    var names = value.Split(',');
                    foreach (var name in names.Where(name => Catalogue.Everything.All(fault => fault.Name != name)))
                        wrong.Add($"There is no fault '{name}'; list names them.");
                    options = options with { Faults = [.. names.SelectMany(name => Catalogue.Everything.Where(fault => fault.Name == name))] };
                    break;
                default:
                    wrong.Add($"Unknown option '{args[index]}'; --help tells all.");
                    break;
            }

            int Number(int least, int most)
            {
                if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
                    return number;
                wrong.Add($"{args[index]} must be a number from {least} to {most}, not '{value}'.");
                return least;
            }
        }

        return (options, wrong);
    }
}
