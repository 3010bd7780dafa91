using System.Globalization;
using System.Runtime.InteropServices;

namespace Aspire.Hosting.Terminal;

/// <summary>
/// Stops the host when the <c>dotnet run</c> that started it is gone: killed, it leaves nobody to press Ctrl-C. Under any
/// other parent (a shell that ends, nohup) the host goes on.
/// </summary>
internal sealed class ParentWatch : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _end = new();
    private readonly Task _watch;

    private ParentWatch(CancellationTokenSource stop) => _watch = WatchAsync(stop, _end.Token);

    public static ParentWatch Start(CancellationTokenSource stop) => new(stop);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private static async Task WatchAsync(CancellationTokenSource stop, CancellationToken end)
    {
        var parent = GetParent();
        if (!IsDotnetRun(parent))
            return;
        while (GetParent() == parent)
            await Task.Delay(Period, TimeProvider.System, end).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
    }

    private static bool IsDotnetRun(int process)
    {
        try
        {
            var words = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/cmdline")).Split('\0');
            return Path.GetFileName(words[0]) == "dotnet" && words.Skip(1).Any(word => word is "run" or "watch");
        }
        catch (IOException)
        {
            return false;
        }
    }

    [DllImport("libc", EntryPoint = "getppid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetParent();
}
