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

    /// <summary>Whether all was as promised.</summary>
    public async Task<bool> RunAsync()
    {
        if (options.Command == "list")
        {
            Console.WriteLine(string.Join('\n', Catalogue.Everything.Select(fault => fault.Name)));
            return true;
        }

        var machine = MachineFacts.Read(clock);
        var run = new FaultRun(new RunOptions(options.Load, options.Scale, Console.WriteLine), clock);
        var first = options.FirstSeed ?? Random.Shared.Next(1, 1_000_000);
        var results = new List<RunResult>();
        if (options.Command == "soak")
        {
            results.Add(await run.SoakAsync(first, TimeSpan.FromMinutes(options.Minutes)));
            Console.WriteLine(results[0]);
        }
        else
        {
            for (var seed = first; seed < first + options.Seeds; seed++)
            {
                foreach (var set in options.Faults is { } only ? [only] : Catalogue.SetsOf(new Random(seed)))
                {
                    results.Add(await run.RunAsync(seed, set));
                    Console.WriteLine(results[^1]);
                }
            }
        }

        var isInTime = options.Command != "soak" || results[0].Posts.ShareInTime >= InTimePromise;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{results.Count(result => result.IsGood)} of {results.Count} runs without fault{(isInTime ? "" : $"; fewer than {InTimePromise:P1} of the posts within {PostFigures.Promise.TotalSeconds:0} s")}"));
        if (options.Name is not null)
            Report.Write(options, machine, results, clock);
        return isInTime && results.All(result => result.IsGood);
    }
}
