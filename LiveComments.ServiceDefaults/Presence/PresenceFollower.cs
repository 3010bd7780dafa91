using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NATS.Client.Core;

namespace LiveComments.ServiceDefaults.Presence;

/// <summary>Hears what all nodes say about who watches there. What is missed is said again soon.</summary>
public sealed partial class PresenceFollower(CurrentLog currentLog, INatsConnection nats, ViewerCounts counts, TimeProvider clock, ILogger<PresenceFollower> logger) : BackgroundService
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var log = await currentLog.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var message in nats.SubscribeAsync<byte[]>(PresenceSubjects.AllOf(log.Shard), cancellationToken: stoppingToken))
                    Hear(message);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested && exception is NatsException or OperationCanceledException or TimeoutException or IOException)
            {
                Interrupted(exception.Message);
            }

            await Task.Delay(RetryPause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Hear(NatsMsg<byte[]> message)
    {
        try
        {
            if (JsonSerializer.Deserialize(message.Data ?? [], PresenceJson.Default.PresenceAnnouncement) is { } announcement)
                counts.Hear(announcement);
        }
        catch (JsonException exception)
        {
            NotUnderstood(message.Subject, exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Hearing who watches was interrupted and goes on: {Reason}")]
    private partial void Interrupted(string reason);

    [LoggerMessage(LogLevel.Warning, "What came on {Subject} is no announcement: {Reason}")]
    private partial void NotUnderstood(string subject, string reason);
}

/// <summary>For services that want to know who watches, over all nodes.</summary>
public static class PresenceSetup
{
    public static TBuilder AddViewerCounts<TBuilder>(this TBuilder builder) where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddSingleton<ViewerCounts>();
        builder.Services.AddHostedService<PresenceFollower>();
        return builder;
    }
}
