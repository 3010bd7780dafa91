using System.Diagnostics;
using System.Globalization;
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
    /// <returns>How many of its connections the service had closed at the end, and how many were open.</returns>
    public static async Task<(int Closed, int Open)> RunAsync(params string[] arguments)
    {
        var program = (await ServerPrograms.FindOrInstallAsync([ServerProgram.SlowHttpTest], Console.WriteLine, CancellationToken.None))[0];
        var report = Path.Combine(Path.GetTempPath(), $"livecomments-slow-{Guid.NewGuid():N}");
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, ["-g", "-o", report, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })
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

            var rows = File.Exists($"{report}.csv") ? await File.ReadAllLinesAsync($"{report}.csv") : [];
            // Seconds,Closed,Pending,Connected,Service Available
            if (rows.Length < 2 || rows[^1].Split(',') is not [_, var closed, var pending, var connected, ..])
                throw new InvalidOperationException($"slowhttptest reports nothing: {await output}{await error}");
            return (Number(closed), Number(pending) + Number(connected));
        }
        finally
        {
            File.Delete($"{report}.csv");
            File.Delete($"{report}.html");
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
