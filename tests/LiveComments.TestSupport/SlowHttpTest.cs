using System.Diagnostics;
using LiveComments.Machine;

namespace LiveComments.TestSupport;

/// <summary>The tool of that name, which opens connections and is slow on them; installed like the servers when it is missing.</summary>
public static class SlowHttpTest
{
    // It ends by itself when its time is over; the first call may install Debian's package, which has its own time-out.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Installs it, if it must be.</summary>
    public static Task FindAsync() => ServerPrograms.FindOrInstallAsync([ServerProgram.SlowHttpTest], Console.WriteLine, CancellationToken.None);

    /// <summary>Runs it until all its connections are closed, or its time is over.</summary>
    /// <returns>Whether the service had closed all of them before that; and what the tool printed.</returns>
    public static async Task<(bool AllClosed, string Output)> RunAsync(params string[] arguments)
    {
        var program = (await ServerPrograms.FindOrInstallAsync([ServerProgram.SlowHttpTest], Console.WriteLine, CancellationToken.None))[0];
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{program} did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await Eventually.WithinAsync($"slowhttptest {string.Join(' ', arguments)} ends", process.WaitForExitAsync(), Patience);
        }
        catch (TimeoutException)
        {
            process.Kill();
            throw;
        }

        var printed = await output + await error;
        // Or "Hit test time limit".
        return (printed.Contains("No open connections left", StringComparison.Ordinal), printed);
    }
}
