using System.Globalization;

namespace LiveComments.TestSupport;

/// <summary>Runs a random test over many seeds. A failure names its seed; <c>LIVECOMMENTS_SEED</c> replays that one alone.</summary>
public static class Seed
{
    private const string Variable = "LIVECOMMENTS_SEED";

    public static void ForEach(int count, Action<Random> test)
    {
        foreach (var seed in Seeds(count))
        {
            try
            {
                test(new Random(seed));
            }
            catch (Exception exception)
            {
                throw Named(seed, exception);
            }
        }
    }

    /// <inheritdoc cref="ForEach"/>
    public static async Task ForEachAsync(int count, Func<Random, Task> test)
    {
        foreach (var seed in Seeds(count))
        {
            try
            {
                await test(new Random(seed));
            }
            catch (Exception exception)
            {
                throw Named(seed, exception);
            }
        }
    }

    private static IEnumerable<int> Seeds(int count) =>
        int.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out var only) ? [only] : Enumerable.Range(Random.Shared.Next(int.MaxValue - count), count);

    private static InvalidOperationException Named(int seed, Exception exception) =>
        new($"Failed with seed {seed}; replay with {Variable}={seed}. {exception.Message}", exception);
}
