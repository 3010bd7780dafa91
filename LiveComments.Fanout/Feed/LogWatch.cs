using LiveComments.ServiceDefaults.Log;
using NATS.Client.Core;

namespace LiveComments.Fanout.Feed;

/// <summary>Finds the log, which Api makes; a node without one is not ready.</summary>
sealed partial class LogWatch(LogLocator locator, CurrentLog currentLog, TimeProvider clock, ILogger<LogWatch> logger) : BackgroundService
{
    // One shard until somebody needs more.
    private const int Shard = 0;
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            timeout.CancelAfter(LogConnection.RequestTimeout);
            try
            {
                if (await locator.FindAsync(Shard, timeout.Token) is { } log)
                {
                    currentLog.Set(log);
                    FoundLog(log.Epoch);
                    return;
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested && exception is NatsException or OperationCanceledException)
            {
                LogIsAway(exception.Message);
            }

            await Task.Delay(RetryPause, clock, stoppingToken);
        }
    }

    [LoggerMessage(LogLevel.Information, "Found the log, in epoch {Epoch}.")]
    private partial void FoundLog(int epoch);

    [LoggerMessage(LogLevel.Warning, "The log can't be found yet: {Reason}")]
    private partial void LogIsAway(string reason);
}
