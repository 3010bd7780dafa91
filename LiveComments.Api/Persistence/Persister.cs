using System.Diagnostics;
using LiveComments.Api.Comments;
using LiveComments.Api.Log;
using LiveComments.Api.Moderation.Scores;
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
///    owner that lost its connection can't write any more, so there are never two. Nor is there none for long: see <see cref="OwnerSession"/>.
/// 2. Read the offset that lies in the database, and consume the log from the entry after it.
/// 3. Gather a batch, write it and the new offset in one transaction; again.
/// 4. When the epoch has ended: write what is left of its log, then go on with the next one from its beginning.
/// 5. Whatever fails: drop the connection, pause, start at 1. The offset in the database says where to go on.
/// </remarks>
sealed partial class Persister(NpgsqlDataSource database, CurrentLog currentLog, CommentScorer scorer, LogTrust trust, PersistenceMetrics metrics, TimeProvider clock, ILogger<Persister> logger) : BackgroundService
{
    // The advisory lock of shard n is this plus n.
    private const long LockKeyBase = 0x4C43_5045_5253_0000;

    // A standby takes over within 5 s of the owner's end: it asks this often.
    private static readonly TimeSpan StandbyPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var shard = (await currentLog.WaitAsync(stoppingToken)).Shard;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(stoppingToken);
                await OwnerSession.LimitSilenceAsync(connection, stoppingToken);
                await Migrations.ApplyAsync(connection, stoppingToken);
                await BecomeOwnerAsync(connection, shard, stoppingToken);
                try
                {
                    await CopyAsync(connection, shard, stoppingToken);
                }
                finally
                {
                    metrics.End();
                }
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
        {
            if (await OwnerSession.EndSilentAsync(connection, LockKeyBase + shard, OwnerSession.MaxSilence, cancellationToken))
                EndedSilentOwner(OwnerSession.MaxSilence.TotalSeconds);
            await Task.Delay(StandbyPause, clock, cancellationToken);
        }
    }

    private async Task CopyAsync(NpgsqlConnection connection, int shard, CancellationToken cancellationToken)
    {
        var offset = await CommentRows.WrittenAsync(connection, shard, cancellationToken);
        while (true)
        {
            var current = await currentLog.WaitAsync(cancellationToken);
            foreach (var ended in current.Older.Where(log => log.Epoch >= (offset?.Epoch ?? 0)))
            {
                await CopyRestAsync(connection, ended, offset, cancellationToken);
                offset = new Cursor(ended.Epoch, ended.Stream.Info.State.LastSeq);
            }

            offset = await CopyUntilNewerAsync(connection, current, offset, cancellationToken);
        }
    }

    /// <summary>What is left of a log that takes no more entries.</summary>
    private async Task CopyRestAsync(NpgsqlConnection connection, LogHandle log, Cursor? offset, CancellationToken cancellationToken)
    {
        var writer = LogWriter.Open(connection, log, offset, scorer.MoodOf, hasEnded: true);
        await log.Stream.RefreshAsync(cancellationToken);
        var state = log.Stream.Info.State;
        if (writer.Offset >= state.LastSeq || state.Messages == 0)
            return;
        var end = await log.LastReadableAsync(writer.Offset, cancellationToken);
        if (end < state.LastSeq)
            RestIsDamaged(new Cursor(log.Epoch, end), new Cursor(log.Epoch, state.LastSeq));
        if (writer.Offset >= end)
            return;
        CopyingFrom(new Cursor(log.Epoch, writer.Offset));
        await using var batches = await OpenAsync(log, writer.Offset, cancellationToken);
        await foreach (var batch in batches.ReadAllAsync(cancellationToken).KeepingAliveAsync(connection, clock, cancellationToken))
        {
            await WriteAsync(writer, log, batch, cancellationToken);
            if (writer.Offset >= end)
                return;
        }
    }

    /// <summary>Returns where it is when the epoch has ended; what is left of it then has an end.</summary>
    private async Task<Cursor> CopyUntilNewerAsync(NpgsqlConnection connection, LogHandle log, Cursor? offset, CancellationToken cancellationToken)
    {
        var writer = LogWriter.Open(connection, log, offset, scorer.MoodOf);
        if (offset?.Epoch != log.Epoch)
            await writer.BeginAsync(cancellationToken);
        CopyingFrom(new Cursor(log.Epoch, writer.Offset));
        metrics.Begin(new Cursor(log.Epoch, writer.Offset), () => trust.Highest);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var newer = EndWithEpochAsync(log.Epoch, ended);
        try
        {
            await using var batches = await OpenAsync(log, writer.Offset, ended.Token);
            // A batch under way is written to its end.
            await foreach (var batch in batches.ReadAllAsync(ended.Token).KeepingAliveAsync(connection, clock, ended.Token))
            {
                // What a server brings that is back, and has not been compared, may lie where other entries lay: to write it would hide that.
                await trust.UnlessToBeComparedAsync(ended.Token);
                await WriteAsync(writer, log, batch, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
        }
        catch (EpochEndedException)
        {
            // What is left of it is read once more, when this process has found the next one.
            await currentLog.NewerThanAsync(log.Epoch, cancellationToken);
        }
        finally
        {
            await ended.CancelAsync();
            await newer;
        }

        return new Cursor(log.Epoch, writer.Offset);
    }

    private async Task WriteAsync(LogWriter writer, LogHandle log, IReadOnlyList<LogEntry> batch, CancellationToken cancellationToken)
    {
        var before = writer.Offset;
        using var trace = BatchTrace.Begin(batch);
        var begun = clock.GetTimestamp();
        try
        {
            await writer.WriteAsync(batch, cancellationToken);
        }
        catch (Exception exception)
        {
            trace?.SetStatus(ActivityStatusCode.Error, exception.GetType().Name);
            throw;
        }

        metrics.Written(new Cursor(log.Epoch, writer.Offset), batch.Count, clock.GetElapsedTime(begun));
        // Once: a batch that is written again comes here again only if it was not written.
        SayWhatIsMissing(log, before, batch);
    }

    /// <summary>All entries of the log come here, one behind the other: where one is missing it is lost, since Postgres has not got it either.</summary>
    private void SayWhatIsMissing(LogHandle log, ulong offset, IReadOnlyList<LogEntry> batch)
    {
        foreach (var entry in batch)
        {
            if (entry.Sequence > offset + 1)
            {
                metrics.Skipped(entry.Sequence - offset - 1);
                EntriesAreMissing(entry.Sequence - offset - 1, new Cursor(log.Epoch, offset + 1), new Cursor(log.Epoch, entry.Sequence));
            }

            offset = Math.Max(offset, entry.Sequence);
        }
    }

    private async Task EndWithEpochAsync(int epoch, CancellationTokenSource ended)
    {
        try
        {
            await currentLog.NewerThanAsync(epoch, ended.Token);
            await ended.CancelAsync();
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task<LogBatches> OpenAsync(LogHandle log, ulong after, CancellationToken cancellationToken) => new(
        await log.Stream.CreateOrderedConsumerAsync(
            new NatsJSOrderedConsumerOpts { DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartSequence, OptStartSeq = after + 1 }, cancellationToken),
        clock, cancellationToken);

    [LoggerMessage(LogLevel.Critical, "{Missing} entries of the log are missing from {From} on, and Postgres had not got them: they are lost. It goes on at {Next}. Either they aged away before Postgres had them, or files of nats-server are damaged.")]
    private partial void EntriesAreMissing(ulong missing, Cursor from, Cursor next);

    [LoggerMessage(LogLevel.Information, "This process writes the log to Postgres, from {Offset}.")]
    private partial void CopyingFrom(Cursor offset);

    [LoggerMessage(LogLevel.Critical, "Of the ended log, entries behind {End} up to {Last} are damaged and can't be read; Postgres has what it got of them before.")]
    private partial void RestIsDamaged(Cursor end, Cursor last);

    [LoggerMessage(LogLevel.Warning, "The session that writes the log to Postgres stood still amid a write for {Seconds} s, and has been ended: its process is gone or cut off.")]
    private partial void EndedSilentOwner(double seconds);

    [LoggerMessage(LogLevel.Warning, "Writing the log to Postgres stopped and starts again: {Reason}")]
    private partial void CopyingStopped(string reason);
}
