using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using NATS.Client.Core;
using NATS.Client.JetStream;
using Npgsql;

namespace LiveComments.Api.Log;

/// <summary>
/// Finds or makes the log, and sees to it that it never goes backwards unnoticed: a server that lost its tail, or was
/// restored from a backup, gives out the same sequences again and says nothing.
/// </summary>
/// <remarks>
/// At the start, whenever the connection is back, on every doubt, and every few seconds:
/// 1. ask this process, Redis and Postgres for the newest entry that was ever seen; 2. then ask nats-server how far the log
/// goes, whether its end can be read, and whether the newest entries that each of those knows of are there; 3. when it goes less far, or one is not so, seal what is left of it and begin the next epoch, in a log of its own;
/// 4. confirm the log, which lets appends through; 5. say so when entries are missing amid it.
/// </remarks>
sealed partial class LogKeeper(
    LogLocator locator, LogStreams streams, LogKnowledge knowledge, LogTrust trust, EpochBeginning beginning, CurrentLog currentLog,
    INatsConnection nats, INatsJSContext jetStream, LogMetrics metrics, TimeProvider clock, ILogger<LogKeeper> logger)
    : BackgroundService
{
    // The design has one shard unless somebody needs more; nothing below assumes it.
    public const int Shard = 0;
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(250);

    // Finds what no reconnect tells: Postgres came back and knows more, or another process began an epoch.
    private static readonly TimeSpan ComparisonInterval = TimeSpan.FromSeconds(5);

    // Taking over thousands of live streams takes seconds; a server that hangs must not hold the keeper for ever.
    private static readonly TimeSpan BeginningTimeout = TimeSpan.FromMinutes(1);

    private readonly Dictionary<int, ulong> _missing = [];
    private bool _isUpToDate;
    private string _silent = "";

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        nats.ConnectionDisconnected += (_, _) =>
        {
            trust.Doubt(isConnected: false);
            return default;
        };
        nats.ConnectionOpened += (_, _) =>
        {
            trust.Doubt(isConnected: true);
            return default;
        };
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            trust.Look();
            var doubts = trust.Doubts;
            var pause = RetryPause;
            try
            {
                if (await CompareAsync(stoppingToken) is { } log)
                {
                    if (currentLog.Handle?.Epoch != log.Epoch)
                        LogIsReady(LogSubjects.StreamName(log.Shard, log.Epoch), log.Stream.Info.State.LastSeq);
                    currentLog.Set(log);
                    if (trust.Confirm(log, log.Stream.Info.State.LastSeq, doubts))
                        pause = ComparisonInterval;
                    await SayWhatIsMissingAsync(log, stoppingToken);
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested
                && exception is NatsException or NpgsqlException or OperationCanceledException or TimeoutException or IOException or InvalidDataException or JsonException)
            {
                LogIsAway(exception.Message);
            }

            await currentLog.WhenToLookAsync(pause, clock, stoppingToken);
        }
    }

    /// <summary>The log to use; null when it is to be looked for again.</summary>
    private async Task<LogHandle?> CompareAsync(CancellationToken stoppingToken)
    {
        // In this order: what is appended between the two makes the log longer than it is known to be, and never shorter.
        // Who is silent has a limit of its own, and takes nothing from the time that the log has to answer.
        var known = await knowledge.AskAsync(Shard, stoppingToken);
        SayWhoIsSilent(known);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        timeout.CancelAfter(LogConnection.RequestTimeout);
        var log = await locator.FindLatestAsync(Shard, timeout.Token);

        if (log is { Stream.Info.Config.Sealed: false } && trust.ProvenBackwards != log.Epoch && await log.IsDamagedAsync(timeout.Token))
        {
            LogEndIsDamaged(new Cursor(log.Epoch, log.Stream.Info.State.LastSeq));
            trust.ProveBackwards(log.Epoch);
        }

        foreach (var entry in known.Entries)
        {
            if (log is { Stream.Info.Config.Sealed: false } && entry.Place.Epoch == log.Epoch && trust.ProvenBackwards != log.Epoch && await log.HasLostAsync(entry, timeout.Token))
            {
                LogIsAnother(entry.Place);
                trust.ProveBackwards(log.Epoch);
            }
        }

        Cursor? end = log is null ? null : new Cursor(log.Epoch, log.Stream.Info.State.LastSeq);
        switch (LogComparison.Of(end, log?.Stream.Info.Config.Sealed ?? false, known.Newest, trust.ProvenBackwards))
        {
            case LogComparison.Nothing:
                return await streams.MakeAsync(Shard, epoch: 1, [], timeout.Token);
            case LogComparison.WentBackwards(var epoch, var lostAfter, var lostTo):
                trust.Doubt(isConnected: true);
                LogWentBackwards(lostTo, lostAfter, epoch);
                List<LogHandle> older = [];
                foreach (var one in log is null ? [] : log.Older.Append(log))
                    older.Add(await streams.SealAsync(one, timeout.Token));
                log = await streams.MakeAsync(Shard, epoch, older, timeout.Token);
                metrics.EpochBegun();
                break;
        }

        if (!_isUpToDate)
        {
            log = await streams.UpdateAsync(log!, timeout.Token);
            _isUpToDate = true;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        patience.CancelAfter(BeginningTimeout);
        await beginning.CompleteAsync(log!, patience.Token);
        return log;
    }

    /// <summary>Once for each hole, and as a metric for as long as it is there. Nothing is done about it: what is gone is gone, and all that is left is good.</summary>
    private async Task SayWhatIsMissingAsync(LogHandle newest, CancellationToken stoppingToken)
    {
        var all = 0ul;
        foreach (var log in newest.Older.Append(newest))
        {
            var missing = log.Stream.Info.State.MissingEntries();
            all += missing;
            if (missing > _missing.GetValueOrDefault(log.Epoch))
            {
                using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                timeout.CancelAfter(LogConnection.RequestTimeout);
                LogHasHoles(LogSubjects.StreamName(log.Shard, log.Epoch), missing, await log.NameMissingAsync(jetStream, timeout.Token));
            }

            _missing[log.Epoch] = missing;
        }

        metrics.Missing(all);
    }

    private void SayWhoIsSilent(KnownOfLog known)
    {
        var silent = string.Join(" and ", known.Silent.Order());
        if (silent != _silent && silent.Length > 0 && known.Newest is null)
            NothingToCompareWith(silent);
        _silent = silent;
    }

    [LoggerMessage(LogLevel.Information, "The log is {Stream}, at sequence {Sequence}.")]
    private partial void LogIsReady(string stream, ulong sequence);

    [LoggerMessage(LogLevel.Warning, "The log can't be set up or compared yet: {Reason}")]
    private partial void LogIsAway(string reason);

    [LoggerMessage(LogLevel.Critical, "The log went backwards: it is known to have had entries up to {LostTo}, and has them up to {LostAfter} only. What lies between is lost, except what Postgres has. Epoch {Epoch} begins.")]
    private partial void LogWentBackwards(Cursor lostTo, Cursor lostAfter, int epoch);

    [LoggerMessage(LogLevel.Critical, "The log's last entry, {End}, is damaged and can't be read; nats-server would lose what comes behind it.")]
    private partial void LogEndIsDamaged(Cursor end);

    [LoggerMessage(LogLevel.Critical, "The log has lost the entry {Place}, which it is known to have had, and has another one there or none: it went backwards, and was filled up again.")]
    private partial void LogIsAnother(Cursor place);

    [LoggerMessage(LogLevel.Critical, "{Stream} lacks {Missing} entries amid the others, and nobody deletes there: the server's files are damaged. What Postgres had not got of them is lost. Their sequences, as far as the server knows: {Sequences}.")]
    private partial void LogHasHoles(string stream, ulong missing, string sequences);

    [LoggerMessage(LogLevel.Warning, "{Silent} can't say how far the log once went, and this process has just started: it is taken as it is, and compared when they are back.")]
    private partial void NothingToCompareWith(string silent);
}
