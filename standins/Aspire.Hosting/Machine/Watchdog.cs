using System.Diagnostics;
using System.Globalization;

namespace LiveComments.Machine;

/// <summary>
/// A small shell process that outlives the host by a moment: it holds the end of a pipe, and when the host is gone, for
/// whatever reason, <c>kill -9</c> included, it kills the process groups that are still there and removes the throw-away folder.
/// </summary>
internal sealed class Watchdog : IAsyncDisposable
{
    // Its own session, so that the Ctrl-C of a terminal passes it by.
    private const string Script = """
        trap '' INT TERM HUP QUIT
        groups=''
        folder=''
        while read -r verb what; do
          case $verb in
            add) groups="$groups $what";;
            drop) kept=''; for group in $groups; do [ "$group" = "$what" ] || kept="$kept $group"; done; groups=$kept;;
            folder) folder=$what;;
          esac
        done
        for group in $groups; do kill -KILL -- "-$group" 2>/dev/null; done
        if [ -n "$folder" ]; then
          rm -rf -- "$folder" 2>/dev/null || { sleep 0.5; rm -rf -- "$folder"; }
        fi
        """;

    // It has nothing to do but to remove a folder.
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);

    private readonly Process _shell;
    private readonly Lock _lock = new();

    private Watchdog(Process shell) => _shell = shell;

    public static async Task<Watchdog> StartAsync()
    {
        var start = new ProcessStartInfo("/usr/bin/setsid", ["/bin/sh", "-c", Script]) { RedirectStandardInput = true, WorkingDirectory = "/" };
        return new(await StarterThread.StartAsync(start).ConfigureAwait(false));
    }

    public void Add(int group) => Tell("add", group.ToString(CultureInfo.InvariantCulture));

    public void Drop(int group) => Tell("drop", group.ToString(CultureInfo.InvariantCulture));

    /// <summary>The folder to remove in the end.</summary>
    public void Folder(string path) => Tell("folder", path);

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
            _shell.StandardInput.Close();
        using var timeout = new CancellationTokenSource(EndTimeout);
        try
        {
            await _shell.WaitForExitAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            _shell.Kill();
        }

        _shell.Dispose();
    }

    private void Tell(string verb, string what)
    {
        lock (_lock)
        {
            _shell.StandardInput.Write($"{verb} {what}\n");
            _shell.StandardInput.Flush();
        }
    }
}
