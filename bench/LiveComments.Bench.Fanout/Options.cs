using System.Globalization;

namespace LiveComments.Bench.Fanout;

/// <summary>What was asked for on the command line, checked whole: all faults are told at once.</summary>
sealed record Options
{
    public const string Help = """
        Measures the fan-out: comments from the log to many viewers, beside what others would use instead.
        Starts its own servers and viewer processes on loopback, and ends them. Open loop: comments fall due at a stated
        rate; latency counts from the moment a comment was due until a viewer has read it. Every viewer checks that it
        gets each comment once and in order.

          dotnet run -c Release --project bench/LiveComments.Bench.Fanout -- <figure> [options]

        Figures (and what they set, which options change):
          deliveries   what a delivery costs: 5,000 viewers, 10 frames/s of 315 bytes; live, nchan, signalr, epoll in turn
          batching     comments per CPU second at 100 comments/s to 5,000 viewers; live, nchan, signalr in turn
          idle         server memory per silent viewer; live, nchan, signalr, epoll
          latency      10 comments/s to 5,000 viewers; live
          retractions  removals of comments, 5/s, beside 50 comments/s to 5,000 viewers; live
          gateway      the same through our Gateway, and sent on by it; live, live-gateway, live-redirect in turn
          crowd        19,000 viewers on one node; live (--viewers 38000 --nodes 2 for two)
          storm        5,000 viewers while 2,000 others a second come for 10 s, and stay 5 s; live
          deaf         1,000 viewers, of whom 200 read nothing, beside 1,000 who all read; 50 frames/s of 1,000 bytes; live
          table        all of these one after another, and a page that sets them beside what is asked of us

        Targets:
          live, live-ws               our Fanout, by server-sent events or WebSocket
          live-gateway, live-redirect through our Gateway, or sent on by it
          nchan                       nginx with nchan (apt-get install nginx libnginx-mod-nchan)
          signalr                     ASP.NET Core SignalR
          epoll                       a bare send() loop in C++ (g++): the limit

        Options:
          --targets A,B       which of the above
          --viewers N         10 to 38400
          --rate N            comments a second (1 to 1000)
          --frame-bytes N     size of an event's text, one comment in it (250 to 16000); 0 for comments as Api writes them
          --load N            retractions: comments a second beside the removals (1 to 1000)
          --runs N            measurements of each target, alternating (0 to 20); the median is told
          --warm-up N         seconds before each measurement (1 to 60)
          --seconds N         measured time (1 to 300)
          --nodes N           Fanout nodes (1 to 4)
          --join-rate N       storm: connections a second (1 to 10000)
          --deaf N            deaf: how many of the viewers read nothing (1 to 10000)
          --nchan-workers N   1 to 16
          --env NAME=VALUE    environment of the Fanout nodes; may be given several times
          --name NAME         of the result files (letters, digits, '-'; default: fanout-<figure>)
          --no-result         print the result, write no files
          --help              this

        Results are written to bench/results/<date>-<name>.md and .json.
        """;

    public const string TableFigure = "table";

    private static readonly string[] KnownTargets = ["live", "live-ws", "live-gateway", "live-redirect", "nchan", "signalr", "epoll"];

    private static readonly Dictionary<string, Options> Figures = new Options[]
    {
        new() { Figure = "deliveries", Targets = ["live", "nchan", "signalr", "epoll"], FrameBytes = 315 },
        new() { Figure = "batching", Targets = ["live", "nchan", "signalr"], Rate = 100 },
        new() { Figure = "idle", Targets = ["live", "nchan", "signalr", "epoll"], Runs = 0 },
        new() { Figure = "latency", Targets = ["live"], Runs = 1, Seconds = 20 },
        new() { Figure = "retractions", Targets = ["live"], Rate = 5, Load = 50, Runs = 1, WarmUp = 5, Seconds = 20 },
        new() { Figure = "gateway", Targets = ["live", "live-gateway", "live-redirect"] },
        new() { Figure = "crowd", Targets = ["live"], Viewers = 19_000, Runs = 1, WarmUp = 5, Seconds = 20 },
        new() { Figure = "storm", Targets = ["live"], Runs = 1, WarmUp = 5, Seconds = 10, JoinRate = 2_000 },
        // Fast enough to fill the kernel's buffers of who doesn't read within a second or two.
        new() { Figure = "deaf", Targets = ["live"], Viewers = 1_000, Deaf = 200, Rate = 50, FrameBytes = 1_000, Runs = 5 },
        new() { Figure = TableFigure },
    }.ToDictionary(figure => figure.Figure);

    public string Figure { get; private init; } = "";

    public IReadOnlyList<string> Targets { get; private set; } = [];

    public int Viewers { get; private set; } = 5_000;

    /// <summary>Those who come during a storm.</summary>
    public int Joiners => JoinRate * Seconds;

    public int JoinRate { get; private set; }

    /// <summary>Those of the viewers who read nothing.</summary>
    public int Deaf { get; private set; }

    public int Rate { get; private set; } = 10;

    /// <summary>Comments a second beside what is measured, which then are removals of these.</summary>
    public int Load { get; private set; }

    public int? FrameBytes { get; private set; }

    public int Runs { get; private set; } = 3;

    public int WarmUp { get; private set; } = 2;

    public int Seconds { get; private set; } = 8;

    public int Nodes { get; private set; } = 1;

    public int NchanWorkers { get; private set; } = 1;

    public string Name { get; private set; } = "";

    public bool WritesResult { get; private set; } = true;

    public IReadOnlyDictionary<string, string> Environment { get; private set; } = new Dictionary<string, string>();

    /// <summary>The options, or what is wrong with the arguments.</summary>
    public static (Options Options, IReadOnlyList<string> Faults) Parse(string[] arguments)
    {
        var faults = new List<string>();
        var figure = arguments.Length > 0 ? arguments[0] : "";
        if (!Figures.TryGetValue(figure, out var defaults))
        {
            faults.Add($"The first argument must be one of {string.Join(", ", Figures.Keys)}, not '{figure}'.");
            defaults = new Options();
        }

        var options = defaults with { Name = $"fanout-{figure}" };
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

        if (options.Deaf >= options.Viewers)
            faults.Add($"--deaf {options.Deaf} leaves none of {options.Viewers} viewers to read.");
        return (options, faults);
    }

    private void Set(string option, string value, List<string> faults)
    {
        switch (option)
        {
            case "--targets":
                Targets = value.Split(',', StringSplitOptions.RemoveEmptyEntries);
                faults.AddRange(Targets.Where(target => !KnownTargets.Contains(target)).Select(target => $"There is no target '{target}'; there are {string.Join(", ", KnownTargets)}."));
                if (Targets.Count == 0)
                    faults.Add("--targets must name one at least.");
                break;
            case "--viewers": Viewers = Number(option, value, 10, 38_400, faults); break;
            case "--rate": Rate = Number(option, value, 1, 1_000, faults); break;
            case "--frame-bytes": FrameBytes = value == "0" ? null : Number(option, value, 250, 16_000, faults); break;
            case "--load": Load = Number(option, value, 1, 1_000, faults); break;
            case "--runs": Runs = Number(option, value, 0, 20, faults); break;
            case "--warm-up": WarmUp = Number(option, value, 1, 60, faults); break;
            case "--seconds": Seconds = Number(option, value, 1, 300, faults); break;
            case "--nodes": Nodes = Number(option, value, 1, 4, faults); break;
            case "--join-rate": JoinRate = Number(option, value, 1, 10_000, faults); break;
            case "--deaf": Deaf = Number(option, value, 1, 10_000, faults); break;
            case "--nchan-workers": NchanWorkers = Number(option, value, 1, 16, faults); break;
            case "--name":
                Name = value;
                if (value.Length is 0 or > 64 || !value.All(character => char.IsAsciiLetterOrDigit(character) || character == '-'))
                    faults.Add($"--name must be letters, digits and '-', not '{value}'.");
                break;
            case "--env":
                if (value.Split('=', 2) is [{ Length: > 0 } name, var setting])
                    Environment = new Dictionary<string, string>(Environment) { [name] = setting };
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
