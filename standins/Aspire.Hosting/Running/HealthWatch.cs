using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Running;

/// <summary>Asks a running resource for its health: often until it is healthy for the first time, at leisure afterwards.</summary>
internal sealed class HealthWatch(HealthCheckService checks, ResourceNotificationService notifications, TimeProvider time)
{
    private static readonly TimeSpan WhileStarting = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WhileIll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Afterwards = TimeSpan.FromSeconds(5);

    public async Task RunAsync(IResource resource, Func<CancellationToken, Task> becameHealthy, CancellationToken cancellationToken)
    {
        var keys = resource.Annotations.OfType<HealthCheckAnnotation>().Select(annotation => annotation.Key).ToHashSet(StringComparer.Ordinal);
        if (keys.Count == 0)
        {
            await becameHealthy(cancellationToken).ConfigureAwait(false);
            return;
        }

        var healthyBefore = false;
        IReadOnlyList<(string, HealthStatus, string?)>? told = null;
        while (true)
        {
            var report = await checks.CheckHealthAsync(registration => keys.Contains(registration.Name), cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            // A state that is no news would only make the watchers busy.
            IReadOnlyList<(string, HealthStatus, string?)> news = [.. report.Entries.Select(entry => (entry.Key, entry.Value.Status, entry.Value.Description))];
            if (told is null || !told.SequenceEqual(news))
                await PublishAsync(resource, report).ConfigureAwait(false);
            told = news;
            if (!healthyBefore && report.Status == HealthStatus.Healthy)
            {
                healthyBefore = true;
                await becameHealthy(cancellationToken).ConfigureAwait(false);
            }

            var pause = !healthyBefore ? WhileStarting : report.Status == HealthStatus.Healthy ? Afterwards : WhileIll;
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private Task PublishAsync(IResource resource, HealthReport report)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return notifications.PublishUpdateAsync(resource, snapshot => snapshot.State?.Text != KnownResourceStates.Running ? snapshot : snapshot with
        {
            HealthReports = [.. report.Entries.Select(entry => new HealthReportSnapshot(entry.Key, entry.Value.Status, entry.Value.Description, entry.Value.Exception?.Message) { LastRunAt = now })],
        });
    }
}
