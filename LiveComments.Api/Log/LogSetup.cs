using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Microsoft.Extensions.Options;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace LiveComments.Api.Log;

/// <summary>
/// Makes the log, or finds it, and tells <see cref="CurrentLog"/>. Tries until nats-server is there: a service that
/// started first must not fail for it.
/// </summary>
sealed partial class LogSetup(
    INatsJSContext jetStream, LogLocator locator, CurrentLog currentLog, IOptions<LogOptions> options, TimeProvider clock, ILogger<LogSetup> logger)
    : BackgroundService
{
    // The design has one shard unless somebody needs more; nothing below assumes it.
    private const int Shard = 0;
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var log = await FindOrMakeAsync(stoppingToken);
                currentLog.Set(log);
                LogIsReady(LogSubjects.StreamName(log.Shard, log.Epoch), log.Stream.Info.State.LastSeq);
                return;
            }
            catch (Exception exception) when (exception is NatsException or OperationCanceledException && !stoppingToken.IsCancellationRequested)
            {
                LogIsAway(exception.Message);
                await Task.Delay(RetryPause, clock, stoppingToken);
            }
        }
    }

    private async Task<LogHandle> FindOrMakeAsync(CancellationToken stoppingToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        timeout.CancelAfter(LogConnection.RequestTimeout);
        var found = await locator.FindAsync(Shard, timeout.Token);
        var epoch = found?.Epoch ?? 1;
        // Made or brought up to date: the options may have changed since. Two Api processes at once do the same, which is harmless.
        var stream = await jetStream.CreateOrUpdateStreamAsync(Configuration(Shard, epoch), timeout.Token);
        return new LogHandle(Shard, epoch, stream);
    }

    private StreamConfig Configuration(int shard, int epoch) => new()
    {
        Name = LogSubjects.StreamName(shard, epoch),
        Subjects = [LogSubjects.AllOf(shard), LogSubjects.AllControlOf(shard)],
        Storage = StreamConfigStorage.File,
        // A full log refuses new comments instead of forgetting acknowledged ones.
        Discard = StreamConfigDiscard.New,
        MaxAge = options.Value.MaxAge,
        MaxBytes = options.Value.MaxBytes ?? -1,
        NumReplicas = options.Value.Replicas,
        DuplicateWindow = options.Value.DuplicateWindow,
        AllowDirect = true,
        DenyDelete = true,
        DenyPurge = true,
        Republish = new Republish { Src = LogSubjects.AllOf(shard), Dest = LogSubjects.AllLiveOf(shard) },
    };

    [LoggerMessage(LogLevel.Information, "The log is {Stream}, at sequence {Sequence}.")]
    private partial void LogIsReady(string stream, ulong sequence);

    [LoggerMessage(LogLevel.Warning, "The log can't be set up yet: {Reason}")]
    private partial void LogIsAway(string reason);
}
