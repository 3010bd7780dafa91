using System.Globalization;

namespace LiveComments.TestSupport;

/// <summary>Runs a random test over many seeds. A failure names its seed; <c>LIVECOMMENTS_SEED</c> replays that one alone.</summary>
public static class Seed
{
    private const string Variable = "LIVECOMMENTS_SEED";

    public static void ForEach(int count, Action<Random> test)
    {
        if (int.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out var only))
        {
            test(new Random(only));
            return;
        }

        var first = Random.Shared.Next(int.MaxValue - count);
        for (var seed = first; seed < first + count; seed++)
        {
            try
            {
                test(new Random(seed));
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Failed with seed {seed}; replay with {Variable}={seed}. {exception.Message}", exception);
            }
        }
    }
}
