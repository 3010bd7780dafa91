using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace LiveComments.Machine;

/// <summary>What to run: the program, its arguments, variables (the whole environment), folder, and the user it should be.</summary>
internal sealed record Launch(string Program, IReadOnlyList<string> Arguments, string WorkingFolder, IReadOnlyDictionary<string, string> Environment, string? User = null);

internal enum ProcessSignal
{
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
}

/// <summary>
/// A program in a process group of its own that can't outlive the host: the kernel kills it when the host dies, and the
/// watchdog kills its group, with whatever it has started itself.
/// </summary>
internal sealed class ChildProcess
{
    private readonly Process _process;
    private readonly Watchdog _watchdog;

    private ChildProcess(Process process, Watchdog watchdog, Action<string, bool> line)
    {
        (_process, _watchdog, Id) = (process, watchdog, process.Id);
        process.StandardInput.Close();
        Exited = WatchAsync(LineReader.ReadAsync(process.StandardOutput, text => line(text, false)), LineReader.ReadAsync(process.StandardError, text => line(text, true)));
    }

    public int Id { get; }

    /// <summary>The exit code; 128 + the signal's number for a process that was killed.</summary>
    public Task<int> Exited { get; }

    public static async Task<ChildProcess> StartAsync(Launch launch, Watchdog watchdog, Action<string, bool> line)
    {
        // setsid makes the group, setpriv asks for the kernel's kill (after the change of user, which would undo it); both
        // replace themselves, so the process that we started is the program itself.
        List<string> command = ["/usr/bin/setpriv", "--pdeathsig", "KILL"];
        if (launch.User is { } user)
            command.AddRange([$"--reuid={user}", $"--regid={user}", "--clear-groups"]);
        var start = new ProcessStartInfo("/usr/bin/setsid", [.. command, "--", launch.Program, .. launch.Arguments])
        {
            WorkingDirectory = launch.WorkingFolder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in launch.Environment)
            start.Environment[name] = value;
        var process = await StarterThread.StartAsync(start).ConfigureAwait(false);
        watchdog.Add(process.Id);
        return new ChildProcess(process, watchdog, line);
    }

    public void Signal(ProcessSignal signal)
    {
        if (!Exited.IsCompleted)
            _ = Kill(Id, (int)signal);
    }

    /// <summary>Asks politely, waits for the grace period, then kills the whole group.</summary>
    public async Task StopAsync(ProcessSignal signal, TimeSpan grace, TimeProvider time, CancellationToken hurry)
    {
        Signal(signal);
        try
        {
            await Exited.WaitAsync(grace, time, hurry).ConfigureAwait(false);
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException)
        {
            KillGroup();
            await Exited.ConfigureAwait(false);
        }
    }

    public void KillGroup() => _ = Kill(-Id, (int)ProcessSignal.Kill);

    private async Task<int> WatchAsync(Task output, Task error)
    {
        await _process.WaitForExitAsync().ConfigureAwait(false);
        // What the program itself has started must not stay behind, nor hold its output open.
        KillGroup();
        _watchdog.Drop(Id);
        try
        {
            await Task.WhenAll(output, error).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The pipe broke with the process.
        }

        var exitCode = _process.ExitCode;
        _process.Dispose();
        return exitCode;
    }

    public override string ToString() => Id.ToString(CultureInfo.InvariantCulture);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
