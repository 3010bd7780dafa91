using System.Text;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using NATS.Client.Core;
using NATS.Client.JetStream;

namespace LiveComments.Api.Log;

/// <summary>
/// Looks for the entries of which nodes say, when their connection is back, that they handed them out last. A log that has another one there, or none, went
/// backwards. Of several Api processes one looks; the others hear of it by the epoch that begins.
/// </summary>
sealed partial class LogWitnesses(INatsConnection nats, CurrentLog currentLog, LogTrust trust, TimeProvider clock, ILogger<LogWitnesses> logger) : BackgroundService
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var message in nats.SubscribeAsync<byte[]>(LogSubjects.Witness(LogKeeper.Shard), LogSubjects.WitnessedGroup, cancellationToken: stoppingToken))
                    await LookAsync(message, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested && exception is NatsException or OperationCanceledException or TimeoutException or IOException)
            {
                Interrupted(exception.Message);
            }

            await Task.Delay(RetryPause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAsync(NatsMsg<byte[]> message, CancellationToken stoppingToken)
    {
        if (KnownEntry.Parse(Encoding.UTF8.GetString(message.Data ?? [])) is not { } entry)
        {
            NotUnderstood();
            return;
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        timeout.CancelAfter(LogConnection.RequestTimeout);
        try
        {
            var log = await currentLog.WaitAsync(timeout.Token);
            // A later epoch has begun already, or this process has yet to hear of it.
            if (entry.Place.Epoch == log.Epoch && trust.ProvenBackwards != log.Epoch && await log.HasLostAsync(entry, timeout.Token))
            {
                LogIsAnother(entry.Place);
                trust.ProveBackwards(log.Epoch);
            }

            await message.ReplyAsync<byte[]>([], cancellationToken: timeout.Token);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested && exception is NatsException or OperationCanceledException or TimeoutException or IOException)
        {
            // The node asks again.
            NotAnswered(entry.Place, exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Critical, "The log has lost the entry {Place}, which a node handed out to viewers, and has another one there or none: it went backwards, and was filled up again.")]
    private partial void LogIsAnother(Cursor place);

    [LoggerMessage(LogLevel.Warning, "Whether the log still has the entry {Place} can't be looked up now: {Reason}")]
    private partial void NotAnswered(Cursor place, string reason);

    [LoggerMessage(LogLevel.Warning, "A node asked for an entry that has no name, and got no answer.")]
    private partial void NotUnderstood();

    [LoggerMessage(LogLevel.Warning, "Listening to what nodes have handed out was interrupted and goes on: {Reason}")]
    private partial void Interrupted(string reason);
}
