using System.Globalization;

namespace LiveComments.Fanout.Connections;

/// <summary>How many connections this process may hold: the web server's own limits don't see those that were detached.</summary>
sealed class ConnectionCap(int most)
{
    // Files for everything that is no viewer: assemblies, logs, nats-server, Api.
    private const int OtherFiles = 512;

    // Where the system doesn't say how many files a process may open.
    private const int AnyLimit = 1_000_000;

    private int _count;

    public int Most { get; } = most;

    public int Count => Volatile.Read(ref _count);

    public bool TryTake()
    {
        if (Interlocked.Increment(ref _count) <= Most)
            return true;
        Interlocked.Decrement(ref _count);
        return false;
    }

    public void Release() => Interlocked.Decrement(ref _count);

    /// <summary>What the process's file limit leaves for viewers.</summary>
    public static int OfThisProcess()
    {
        const string limits = "/proc/self/limits";
        const string name = "Max open files";
        if (!File.Exists(limits))
            return AnyLimit;
        // Max open files            20000                20000                files
        var line = File.ReadLines(limits).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line?[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var soft, ..] && int.TryParse(soft, CultureInfo.InvariantCulture, out var files)
            ? Math.Max(files - OtherFiles, 1)
            : AnyLimit;
    }
}
