using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using Npgsql;

namespace LiveComments.Api.Persistence;

/// <summary>
/// Writes the log into Postgres, in order, each entry exactly once in effect. Every Api process has one; the holder of
/// an advisory lock works, the others stand by.
/// </summary>
/// <remarks>
/// 1. Connect, migrate, and wait for the lock. The lock belongs to the connection, and the same connection writes: an
///    owner that lost its connection can't write any more, so there are never two.
/// 2. Read the offset that lies in the database, and consume the log from the entry after it.
/// 3. Gather a batch, write it and the new offset in one transaction; again.
/// 4. Whatever fails: drop the connection, pause, start at 1. The offset in the database says where to go on.
/// </remarks>
sealed partial class Persister(NpgsqlDataSource database, CurrentLog currentLog, TimeProvider clock, ILogger<Persister> logger) : BackgroundService
{
    // The advisory lock of shard n is this plus n.
    private const long LockKeyBase = 0x4C43_5045_5253_0000;

    // A standby takes over within 5 s of the owner's end: it asks this often.
    private static readonly TimeSpan StandbyPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var log = await currentLog.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(stoppingToken);
                await Migrations.ApplyAsync(connection, stoppingToken);
                await BecomeOwnerAsync(connection, log.Shard, stoppingToken);
                await CopyAsync(connection, log, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested && exception is NpgsqlException or NatsException or OperationCanceledException or TimeoutException or IOException or InvalidDataException)
            {
                CopyingStopped(exception.Message);
                await Task.Delay(RetryPause, clock, stoppingToken);
            }
        }
    }

    private async Task BecomeOwnerAsync(NpgsqlConnection connection, int shard, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pg_try_advisory_lock($1)", connection) { Parameters = { new() { Value = LockKeyBase + shard } } };
        while (await command.ExecuteScalarAsync(cancellationToken) is not true)
            await Task.Delay(StandbyPause, clock, cancellationToken);
    }

    private async Task CopyAsync(NpgsqlConnection connection, LogHandle log, CancellationToken cancellationToken)
    {
        var writer = await LogWriter.OpenAsync(connection, log, cancellationToken);
        CopyingFrom(writer.Offset);
        var consumer = await log.Stream.CreateOrderedConsumerAsync(
            new NatsJSOrderedConsumerOpts { DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartSequence, OptStartSeq = writer.Offset + 1 }, cancellationToken);
        await using var batches = new LogBatches(consumer, clock, cancellationToken);
        await foreach (var batch in batches.ReadAllAsync(cancellationToken))
            await writer.WriteAsync(batch, cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "This process writes the log to Postgres, from sequence {Offset}.")]
    private partial void CopyingFrom(ulong offset);

    [LoggerMessage(LogLevel.Warning, "Writing the log to Postgres stopped and starts again: {Reason}")]
    private partial void CopyingStopped(string reason);
}
