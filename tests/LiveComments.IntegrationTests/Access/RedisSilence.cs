using System.Diagnostics;
using LiveComments.SystemUnderTest;

namespace LiveComments.IntegrationTests.Access;

/// <summary>Hears when Api processes say that Redis did not answer them in time, so that they went by what they knew themselves.</summary>
sealed class RedisSilence : IDisposable
{
    // What was not answered often enough is not asked for 5 s, of which nothing is said; and a line takes a moment to get here.
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(6);

    private static readonly string[] Words = ["Redis does not answer", "Redis could not be told", "'redis.admission' is not asked"];

    private readonly ServiceProcess[] _processes;
    private long _noticed;

    public RedisSilence(params ServiceProcess[] processes)
    {
        _processes = processes;
        foreach (var process in processes)
            process.Printed += Hear;
    }

    /// <summary>Within the last seconds.</summary>
    public bool WasNoticed => Interlocked.Read(ref _noticed) is > 0 and var at && Stopwatch.GetElapsedTime(at) < Lasts;

    public void Dispose()
    {
        foreach (var process in _processes)
            process.Printed -= Hear;
    }

    private void Hear(string line)
    {
        if (Words.Any(words => line.Contains(words, StringComparison.Ordinal)))
            Interlocked.Exchange(ref _noticed, Stopwatch.GetTimestamp());
    }
}
