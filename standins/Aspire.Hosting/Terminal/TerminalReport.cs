using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Running;

namespace Aspire.Hosting.Terminal;

/// <summary>What the terminal says: who we are, what changes, a table when all is ready, and the one line to click on.</summary>
internal sealed class TerminalReport(ResourceNotificationService notifications, DistributedApplicationModel model, LocalHost host)
{
    // What a service said last before it crashed; the rest is in its log.
    private const int LastWords = 10;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, string> _told = [];

    public void Begin() => Line("Local host: Aspire's stand-ins run the servers as programs of this machine, without containers. (The real packages: -p:DependencySource=packages)");

    public void Started()
    {
        if (host.Dashboard is { } dashboard)
            Line($"Dashboard: {dashboard.LoginUrl}");
        Line($"Logs: {host.LogFolder}");
    }

    /// <summary>A line for each change that matters, and the warnings of services.</summary>
    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        var warnings = host.Runs.Where(run => run.Resource is ProjectResource or ExecutableResource)
            .Select(run => new WarningReport(run.Resource.Name, run.Log, Line).WatchAsync(cancellationToken));
        await Task.WhenAll([ChangesAsync(cancellationToken), .. warnings]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Ready()
    {
        foreach (var line in ResourceTable.Lines(Visible()))
            Line(line);
        var addresses = Endpoints.External(model.Resources);
        Line(addresses.Count > 0 ? $"Ready: {string.Join("  ", addresses)}" : "Ready.");
    }

    public void Stopping(HostFaultException? fault)
    {
        if (fault is null)
        {
            Line("Stopping.");
            return;
        }

        lock (_lock)
            Console.Error.WriteLine(fault.Message);
    }

    public void Line(string text)
    {
        lock (_lock)
            Console.Out.WriteLine(text);
    }

    private IEnumerable<(IResource Resource, CustomResourceSnapshot Snapshot)> Visible()
    {
        foreach (var resource in model.Resources)
        {
            if (notifications.TryGetCurrentState(resource.Name, out var now) && !now.Snapshot.IsHidden)
                yield return (resource, now.Snapshot);
        }
    }

    private async Task ChangesAsync(CancellationToken cancellationToken)
    {
        await foreach (var update in notifications.WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            var text = Describe(update.Snapshot);
            if (text is null || update.Snapshot.IsHidden || _told.GetValueOrDefault(update.Resource.Name) == text)
                continue;
            var first = !_told.ContainsKey(update.Resource.Name);
            _told[update.Resource.Name] = text;
            // That it became healthy is in the table, once all are; from then on each change is news.
            if (!first || text != "Running")
                Line($"{update.Resource.Name}: {text}");
            if (ResourceNotificationService.IsOver(update.Snapshot) && update.Snapshot.ExitCode != 0)
                Mourn(update);
        }
    }

    private static string? Describe(CustomResourceSnapshot snapshot) => snapshot switch
    {
        _ when ResourceNotificationService.IsOver(snapshot) => ResourceNotificationService.StateText(snapshot),
        _ when ResourceNotificationService.IsHealthy(snapshot) => "Running",
        { IsReady: true, HealthStatus: not null } => "Unhealthy",
        _ => null,
    };

    private void Mourn(ResourceEvent update)
    {
        var run = host.Runs.First(run => run.Resource == update.Resource);
        // Who never started has one thing to say, why; of a crash the last words may tell.
        foreach (var entry in run.Log.Tail(update.Snapshot.ExitCode is null ? 1 : LastWords))
            Line($"  {update.Resource.Name} | {entry.Text}");
        if (update.Snapshot.ExitCode is not null && !host.Ready.IsCompleted && run.Server is null)
            Line($"{update.Resource.Name} did not come up, and what waits for it will not either; mend it and start again (Ctrl-C stops the rest).");
    }
}
