using System.Text.Json;
using LiveComments.ServiceDefaults.Log;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace LiveComments.Api.Log;

/// <summary>
/// Reads one kind of the log's entries in order, without holes, for as long as the process lives: again after every
/// interruption from where it was, and in a new epoch's log from its beginning.
/// </summary>
abstract class LogFollower(CurrentLog currentLog, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(250);

    // A pull request that nats-server forgot in a restart is missed after half of this, and made again.
    private static readonly TimeSpan PullExpiry = TimeSpan.FromSeconds(2);

    /// <summary>The sequence, in the epoch's log that is followed, up to which everything is known. An interruption goes on after it.</summary>
    protected ulong Applied { get; set; }

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var log = await currentLog.WaitAsync(stoppingToken);
        Applied = await KnownAtStartAsync(log, stoppingToken);
        while (true)
        {
            await FollowUntilNewerAsync(log, stoppingToken);
            log = await currentLog.NewerThanAsync(log.Epoch, stoppingToken);
            // What a new epoch took over may say more than this process knows.
            Applied = 0;
        }
    }

    /// <summary>The sequence up to which nothing need be read from the log that this process found first.</summary>
    protected abstract Task<ulong> KnownAtStartAsync(LogHandle log, CancellationToken stoppingToken);

    /// <summary>Reads on after <see cref="Applied"/>, and moves it along, until it is told to end. What it throws is an interruption.</summary>
    protected abstract Task FollowAsync(LogHandle log, CancellationToken cancellationToken);

    /// <summary>For the process's own log.</summary>
    protected abstract void Interrupted(string reason);

    /// <summary>The entries after <see cref="Applied"/>, as they come.</summary>
    protected async Task<IAsyncEnumerable<INatsJSMsg<byte[]>>> ConsumeAsync(LogHandle log, string subjects, int maxReadAhead, CancellationToken cancellationToken)
    {
        var consumer = await log.Stream.CreateOrderedConsumerAsync(
            new NatsJSOrderedConsumerOpts { FilterSubjects = [subjects], DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartSequence, OptStartSeq = Applied + 1 },
            cancellationToken);
        return consumer.ConsumeAsync<byte[]>(opts: new NatsJSConsumeOpts { MaxMsgs = maxReadAhead, Expires = PullExpiry }, cancellationToken: cancellationToken);
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
            catch (Exception exception) when (exception is NatsException or OperationCanceledException or TimeoutException or IOException or InvalidDataException or JsonException)
            {
                Interrupted(exception.Message);
            }

            await Task.Delay(RetryPause, clock, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
