using System.Globalization;

namespace LiveComments.ServiceDefaults.Connections;

/// <summary>How many files this process may have open; each connection is one.</summary>
public static class OpenFiles
{
    // For everything that is no client: assemblies, logs, nats-server, other services.
    private const int Others = 512;

    // Where the system doesn't say.
    private const int AnyLimit = 1_000_000;

    /// <summary>What the process's limit leaves for clients.</summary>
    public static int ForClients()
    {
        const string limits = "/proc/self/limits";
        const string name = "Max open files";
        if (!File.Exists(limits))
            return AnyLimit;
        // Max open files            20000                20000                files
        var line = File.ReadLines(limits).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line?[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var soft, ..] && int.TryParse(soft, CultureInfo.InvariantCulture, out var files)
            ? Math.Max(files - Others, 1)
            : AnyLimit;
    }
}
