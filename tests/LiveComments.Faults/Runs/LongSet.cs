using System.Globalization;
using LiveComments.Bench.Common.Machine;
using LiveComments.Faults.Injection;
using LiveComments.Faults.Load;

namespace LiveComments.Faults.Runs;

/// <summary>What the command line asks for: many seeds, or a soak, with a page of what came of them.</summary>
sealed class LongSet(Options options, TimeProvider clock)
{
    // Of all posts of the soak.
    private const double InTimePromise = 0.999;

    private readonly FaultRun _run = new(new RunOptions(options.Load, options.Scale, Console.WriteLine), clock);
    private readonly int _first = options.FirstSeed ?? Random.Shared.Next(1, 1_000_000);

    /// <summary>Whether all was as promised.</summary>
    public Task<bool> RunAsync() => options.Command switch
    {
        "list" => Task.FromResult(List()),
        "soak" => SoakAsync(),
        _ => SeedsAsync(),
    };

    private static bool List()
    {
        Console.WriteLine(string.Join('\n', Catalogue.Everything.Select(fault => fault.Name)));
        return true;
    }

    private async Task<bool> SoakAsync()
    {
        var machine = MachineFacts.Read(clock);
        var result = await _run.SoakAsync(_first, TimeSpan.FromMinutes(options.Minutes));
        Console.WriteLine(result);
        var unsteady = result.Memory.Where(figure => !figure.IsSteady).ToList();
        foreach (var figure in unsteady)
            Console.WriteLine($"{figure.Name}'s memory is not steady: {figure.Why}");
        var isInTime = result.Posts.ShareInTime >= InTimePromise;
        if (!isInTime)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Only {result.Posts.ShareInTime:P3} of the posts within {PostFigures.Promise.TotalSeconds:0} s; promised are {InTimePromise:P1}."));
        if (options.Name is not null)
            Report.Write(options, machine, result, clock);
        return isInTime && unsteady.Count == 0 && result.IsGood;
    }

    /// <summary>Piece by piece: what has been run before, under the same name, and was good is not run again.</summary>
    private async Task<bool> SeedsAsync()
    {
        var began = clock.GetTimestamp();
        var ledger = options.Name is { } name ? Ledger.Open(name, clock) : null;
        var (good, run, left) = (0, 0, 0);
        for (var seed = _first; seed < _first + options.Seeds; seed++)
        {
            IReadOnlyList<IReadOnlyList<Fault>> pieces = options.Faults is { } only ? [only] : Catalogue.PiecesOf(new Random(seed));
            for (var piece = 0; piece < pieces.Count; piece++)
            {
                var key = options.Faults is null ? string.Create(CultureInfo.InvariantCulture, $"{seed}.{piece + 1}") : string.Create(CultureInfo.InvariantCulture, $"{seed}: {string.Join(',', pieces[piece].Select(fault => fault.Name))}");
                if (ledger?.HasGood(key) == true)
                    continue;
                if (options.Within is { } minutes && clock.GetElapsedTime(began) >= TimeSpan.FromMinutes(minutes))
                {
                    left++;
                    continue;
                }

                var machine = MachineFacts.Read(clock);
                // Each piece has an order and moments of its own.
                var result = await _run.RunAsync(seed, pieces[piece]);
                Console.WriteLine(result);
                run++;
                good += result.IsGood ? 1 : 0;
                ledger?.Add(PieceResult.Of(key, result, Report.Setup(options, machine), $"{machine.Measured}, load before {machine.LoadAverageBefore}"));
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{good} of {run} runs without fault{(left > 0 ? $"; {left} more to run: the same command again" : "")}"));
        ledger?.WritePage();
        return good == run;
    }
}
