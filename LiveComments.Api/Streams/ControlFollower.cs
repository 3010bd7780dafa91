using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace LiveComments.Api.Streams;

/// <summary>
/// Brings to this process what any process decides about streams: reads the log's control entries in order, without
/// holes, from where the log was when this process found it. What was decided before that, the directory asks for itself.
/// </summary>
sealed partial class ControlFollower(CurrentLog currentLog, StreamDirectory directory, StreamEnding ending, TimeProvider clock, ILogger<ControlFollower> logger)
    : BackgroundService
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(250);

    // A pull request that nats-server forgot in a restart is missed after half of this, and made again.
    private static readonly TimeSpan PullExpiry = TimeSpan.FromSeconds(2);

    // Decisions are rare; more than these are asked for when these are done.
    private const int MaxReadAhead = 100;

    private ulong _applied;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var log = await currentLog.WaitAsync(stoppingToken);
        _applied = log.Stream.Info.State.LastSeq;
        while (true)
        {
            await FollowUntilNewerAsync(log, stoppingToken);
            // What a new epoch took over may say more than this process knows.
            log = await currentLog.NewerThanAsync(log.Epoch, stoppingToken);
            _applied = 0;
        }
    }

    private async Task FollowUntilNewerAsync(LogHandle log, CancellationToken stoppingToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var newer = currentLog.NewerThanAsync(log.Epoch, ended.Token).AsTask();
        var following = FollowAgainAndAgainAsync(log, ended.Token);
        await Task.WhenAny(newer, following);
        await ended.CancelAsync();
        await following;
        stoppingToken.ThrowIfCancellationRequested();
    }

    private async Task FollowAgainAndAgainAsync(LogHandle log, CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(log, ended);
            }
            catch (OperationCanceledException) when (ended.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is NatsException or OperationCanceledException or TimeoutException or IOException or InvalidDataException)
            {
                FollowingInterrupted(exception.Message);
            }

            await Task.Delay(RetryPause, clock, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FollowAsync(LogHandle log, CancellationToken cancellationToken)
    {
        var consumer = await log.Stream.CreateOrderedConsumerAsync(
            new NatsJSOrderedConsumerOpts
            {
                FilterSubjects = [LogSubjects.AllControlOf(log.Shard, log.Epoch)],
                DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartSequence,
                OptStartSeq = _applied + 1,
            },
            cancellationToken);
        var options = new NatsJSConsumeOpts { MaxMsgs = MaxReadAhead, Expires = PullExpiry };
        await foreach (var message in consumer.ConsumeAsync<byte[]>(opts: options, cancellationToken: cancellationToken))
        {
            var entry = LogEntry.From(message);
            if (entry.EventType == LogEventTypes.StreamEnded)
            {
                var ended = StreamDirectory.Parse(entry);
                directory.Remember(ended);
                if (!await ending.AnnounceAsync(ended, cancellationToken))
                    throw new IOException("The log did not take the news of a stream's end.");
            }

            _applied = entry.Sequence;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Following decisions about streams was interrupted and goes on: {Reason}")]
    private partial void FollowingInterrupted(string reason);
}
