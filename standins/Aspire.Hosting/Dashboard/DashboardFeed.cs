using System.Globalization;
using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Running;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.Dashboard;

/// <summary>What the page is told, as server-sent events: the state of each resource, and the log of the one that is looked at.</summary>
internal sealed class DashboardFeed(ResourceNotificationService notifications, ResourceLoggerService loggers, DistributedApplicationModel model, ResourceCommandService commands, CancellationToken closing)
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    // Read once: names never change while the host runs.
    private readonly Dictionary<string, int> _order = model.Resources.Select((resource, index) => (resource.Name, index)).ToDictionary(entry => entry.Name, entry => entry.index, StringComparer.OrdinalIgnoreCase);

    public void Map(WebApplication web)
    {
        web.MapGet("/api/resources", ResourcesAsync);
        web.MapGet("/api/resources/{name}/logs", (HttpContext context, string name) => LogsAsync(context, name));
    }

    private Task ResourcesAsync(HttpContext context) => StreamAsync(context, async cancellationToken =>
    {
        await foreach (var update in notifications.WatchAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!update.Snapshot.IsHidden)
                await SendAsync(context, null, Describe(update), cancellationToken).ConfigureAwait(false);
        }
    });

    private Task LogsAsync(HttpContext context, string name)
    {
        if (!_order.ContainsKey(name))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        // A reconnecting EventSource goes on where it was.
        var after = int.TryParse(context.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? seen : 0;
        return StreamAsync(context, async cancellationToken =>
        {
            await foreach (var entry in loggers.Log(name).WatchAsync(after, cancellationToken).ConfigureAwait(false))
            {
                var line = new { n = entry.Number, t = entry.Time.ToUnixTimeMilliseconds(), text = entry.Text, level = LogLevels.Of(entry).ToString().ToLowerInvariant() };
                await SendAsync(context, entry.Number, line, cancellationToken).ConfigureAwait(false);
            }
        });
    }

    private object Describe(ResourceEvent update)
    {
        var now = update.Snapshot;
        return new
        {
            name = update.Resource.Name,
            order = _order.GetValueOrDefault(update.Resource.Name, int.MaxValue),
            type = now.ResourceType,
            state = ResourceNotificationService.StateText(now),
            style = now.State?.Style,
            health = now.HealthStatus?.ToString(),
            ready = ResourceNotificationService.IsHealthy(now),
            over = ResourceNotificationService.IsOver(now),
            pid = now.Properties.FirstOrDefault(property => property.Name == ResourceRun.PidProperty)?.Value,
            started = now.StartTimeStamp,
            urls = now.Urls.Select(url => new { url.Name, url.Url, text = url.DisplayProperties.DisplayName, active = !url.IsInactive, isExternal = !url.IsInternal }),
            checks = now.HealthReports.Select(report => new { report.Name, status = report.Status?.ToString() ?? "Not asked yet", report.Description }),
            commands = commands.Of(update.Resource, now),
            uses = now.Relationships.Select(relation => relation.ResourceName).Distinct(),
            environment = now.EnvironmentVariables.Select(variable => new { variable.Name, variable.Value }),
        };
    }

    private async Task StreamAsync(HttpContext context, Func<CancellationToken, Task> write)
    {
        context.Response.ContentType = "text/event-stream";
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, closing);
        try
        {
            await context.Response.StartAsync(either.Token).ConfigureAwait(false);
            await write(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // The page was closed, or the host ends.
        }
    }

    private static async Task SendAsync(HttpContext context, int? id, object data, CancellationToken cancellationToken)
    {
        var text = (id is { } number ? string.Create(CultureInfo.InvariantCulture, $"id: {number}\n") : "") + $"data: {JsonSerializer.Serialize(data, Web)}\n\n";
        await context.Response.WriteAsync(text, cancellationToken).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
