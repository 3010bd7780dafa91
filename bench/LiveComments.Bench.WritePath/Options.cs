using System.Globalization;

namespace LiveComments.Bench.WritePath;

/// <summary>What was asked for on the command line, checked whole: all faults are told at once.</summary>
sealed record Options
{
    public const string Help = """
        Measures the write path: POST /api/streams/{id}/comments, from the request to the answer and on into Postgres.
        Starts its own nats-server, redis-server, postgres and Api processes on loopback, and ends them.

          dotnet run -c Release --project bench/LiveComments.Bench.WritePath -- <figure> [options]

        Figures:
          rate            open loop: posts fall due at a stated rate; latency counts from the moment a post is due
          saturate        closed loop: each connection posts as soon as it has its answer; tells the most that goes through
          side-by-side    saturate, for ours, the classic design, and the classic design without its counter, one after another
          catch-up        posts at the rate while Postgres is down, then starts it: how fast the persister catches up
          reads           the newest page of a stream, closed loop, while comments are posted to it

        Options:
          --rate N          posts a second (1 to 100000; default 10000)                             rate, catch-up
          --seconds N       measured time (1 to 600; default 60, side-by-side 30)
          --warm-up N       seconds before that don't count; an open loop's rate rises through them (0 to 60; default 20)
          --connections N   keep-alive connections (1 to 4096; default 256)
          --streams N       live streams, posted to in turn (1 to 1000; default 5)
          --users N         users, posting in turn (1 to 200000; default 100000)
          --api N           Api processes (1 to 4; default 1)
          --env NAME=VALUE  environment of the Api processes; may be given several times
          --seed N          of the arrival times (default 1)
          --name NAME       of the result files (letters, digits, '-'; default: the figure)
          --no-result       print the result, write no files
          --help            this

        Results are written to bench/results/<date>-<name>.md and .json.
        """;

    private static readonly string[] Figures = ["rate", "saturate", "side-by-side", "catch-up", "reads"];

    public string Figure { get; private init; } = "";

    public int Rate { get; private set; } = 10_000;

    public int Seconds { get; private set; } = 60;

    public int WarmUp { get; private set; } = 20;

    public int Connections { get; private set; } = 256;

    public int Streams { get; private set; } = 5;

    public int Users { get; private set; } = 100_000;

    public int ApiProcesses { get; private set; } = 1;

    public int Seed { get; private set; } = 1;

    public string Name { get; private set; } = "";

    public bool WritesResult { get; private set; } = true;

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    /// <summary>The options, or what is wrong with the arguments.</summary>
    public static (Options Options, IReadOnlyList<string> Faults) Parse(string[] arguments)
    {
        var faults = new List<string>();
        var figure = arguments.Length > 0 ? arguments[0] : "";
        if (!Figures.Contains(figure))
            faults.Add($"The first argument must be one of {string.Join(", ", Figures)}, not '{figure}'.");
        var options = new Options { Figure = figure, Name = figure, Seconds = figure == "side-by-side" ? 30 : 60 };
        for (var index = 1; index < arguments.Length; index++)
        {
            var option = arguments[index];
            if (option == "--no-result")
            {
                options.WritesResult = false;
                continue;
            }

            if (++index == arguments.Length)
            {
                faults.Add($"{option} needs a value, or is no option; see --help.");
                break;
            }

            options.Set(option, arguments[index], faults);
        }

        return (options, faults);
    }

    private void Set(string option, string value, List<string> faults)
    {
        switch (option)
        {
            case "--rate": Rate = Number(option, value, 1, 100_000, faults); break;
            case "--seconds": Seconds = Number(option, value, 1, 600, faults); break;
            case "--warm-up": WarmUp = Number(option, value, 0, 60, faults); break;
            case "--connections": Connections = Number(option, value, 1, 4096, faults); break;
            case "--streams": Streams = Number(option, value, 1, 1000, faults); break;
            case "--users": Users = Number(option, value, 1, 200_000, faults); break;
            case "--api": ApiProcesses = Number(option, value, 1, 4, faults); break;
            case "--seed": Seed = Number(option, value, 0, int.MaxValue, faults); break;
            case "--name":
                Name = value;
                if (value.Length is 0 or > 64 || !value.All(character => char.IsAsciiLetterOrDigit(character) || character == '-'))
                    faults.Add($"--name must be letters, digits and '-', not '{value}'.");
                break;
            case "--env":
                if (value.Split('=', 2) is [{ Length: > 0 } name, var setting])
                    Environment[name] = setting;
                else
                    faults.Add($"--env must be NAME=VALUE, not '{value}'.");
                break;
            default:
                faults.Add($"There is no option {option}; see --help.");
                break;
        }
    }

    private static int Number(string option, string value, int least, int most, List<string> faults)
    {
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        faults.Add($"{option} must be a number from {least} to {most}, not '{value}'.");
        return least;
    }
}
