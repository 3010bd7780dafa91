using Aspire.Hosting.Running;

namespace Aspire.Hosting.Terminal;

/// <summary>Shows a service's warnings and errors, and no flood of them.</summary>
internal sealed class WarningReport(string name, ResourceLog log, Action<string> line)
{
    // More within the window are on the dashboard and in the log file.
    private const int LinesPerWindow = 12;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private DateTimeOffset _windowEnd;
    private int _shown;

    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        var serious = false;
        await foreach (var entry in log.WatchAsync(after: 0, cancellationToken).ConfigureAwait(false))
        {
            // What .NET indents belongs to the line above it.
            serious = entry.Text.StartsWith(' ') ? serious : LogLevels.Of(entry) >= SeenLevel.Warning;
            if (serious)
                Show(entry);
        }
    }

    private void Show(LogEntry entry)
    {
        if (entry.Time > _windowEnd)
            (_windowEnd, _shown) = (entry.Time + Window, 0);
        if (++_shown <= LinesPerWindow)
            line($"  {name} | {entry.Text}");
        else if (_shown == LinesPerWindow + 1)
            line($"  {name} | (more in its log)");
    }
}
