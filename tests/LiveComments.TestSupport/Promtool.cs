using System.Diagnostics;
using LiveComments.Machine;

namespace LiveComments.TestSupport;

/// <summary>Prometheus' own checker of rules, installed like the servers when it is missing.</summary>
public static class Promtool
{
    // A second of work; the first call may install Debian's package, which has its own time-out.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Runs it in <paramref name="folder"/>; what it says of a fault is in the answer.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string folder, params string[] arguments)
    {
        var program = (await ServerPrograms.FindOrInstallAsync([ServerProgram.Promtool], Console.WriteLine, CancellationToken.None))[0];
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{program} did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await Eventually.WithinAsync($"promtool {string.Join(' ', arguments)} ends", process.WaitForExitAsync(), Patience);
        return (process.ExitCode, await output + await error);
    }
}
