using LiveComments.ServiceDefaults.Log;
using NATS.Client.Core;

namespace LiveComments.Fanout.Feed;

/// <summary>
/// Finds the log, which Api makes, and goes on looking for the one of a later epoch: when the connection is back, and
/// every few seconds. A node that has found none is not ready.
/// </summary>
sealed partial class LogWatch(LogLocator locator, CurrentLog currentLog, INatsConnection nats, TimeProvider clock, ILogger<LogWatch> logger) : BackgroundService
{
    // One shard until somebody needs more.
    private const int Shard = 0;
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(250);

    // Viewers of an ended epoch are silent for at most this long before they are sent to the new one.
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The server that is back may have another log than the one that went away.
        nats.ConnectionOpened += (_, _) =>
        {
            currentLog.LookAgain();
            return default;
        };
        while (!stoppingToken.IsCancellationRequested)
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            timeout.CancelAfter(LogConnection.RequestTimeout);
            var pause = RetryPause;
            try
            {
                if (await locator.FindAsync(Shard, timeout.Token) is { } log)
                {
                    pause = LookInterval;
                    if (log.Epoch > (currentLog.Handle?.Epoch ?? 0))
                    {
                        currentLog.Set(log);
                        FoundLog(log.Epoch);
                    }
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested && exception is NatsException or OperationCanceledException or TimeoutException)
            {
                LogIsAway(exception.Message);
            }

            await currentLog.WhenToLookAsync(pause, clock, stoppingToken);
        }
    }

    [LoggerMessage(LogLevel.Information, "Found the log, in epoch {Epoch}.")]
    private partial void FoundLog(int epoch);

    [LoggerMessage(LogLevel.Warning, "The log can't be found now: {Reason}")]
    private partial void LogIsAway(string reason);
}
