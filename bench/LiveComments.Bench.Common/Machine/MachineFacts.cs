using System.Diagnostics;
using LiveComments.TestSupport;

namespace LiveComments.Bench.Common.Machine;

/// <summary>Where and with what something was measured; stands at the head of each result.</summary>
public sealed record MachineFacts(
    string Measured, string Commit, int Cores, string Processor, double MemoryGiB, string LoadAverageBefore, string Dotnet, string Nats, string Redis, string Postgres, string Node, string Nginx)
{
    public static MachineFacts Read(TimeProvider clock) => new(
        clock.GetUtcNow().ToString("yyyy-MM-dd HH:mm 'UTC'", System.Globalization.CultureInfo.InvariantCulture),
        Commit: FirstLine("git", "-C", Repository.Root, "rev-parse", "--short=12", "HEAD") + (FirstLine("git", "-C", Repository.Root, "status", "--porcelain", "-uno").Length > 0 ? " with uncommitted changes" : ""),
        Environment.ProcessorCount,
        ProcessorName(),
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Math.Pow(1024, 3), 1),
        string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3)),
        Environment.Version.ToString(),
        FirstLine("nats-server", "--version"),
        FirstLine("redis-server", "--version"),
        FirstLine("postgres", "--version"),
        FirstLine("node", "--version"),
        FirstLine("nginx", "-v"));

    private static string ProcessorName() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown";

    private static string FirstLine(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            // Some print their version to the other stream; it is a line, which fits into a pipe.
            var output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
            process.WaitForExit();
            return output.Split('\n')[0].Trim();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "not on PATH";
        }
    }
}
