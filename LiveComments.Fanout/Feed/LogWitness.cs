using System.Text;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using NATS.Client.Core;

namespace LiveComments.Fanout.Feed;

/// <summary>
/// Remembers the newest entry that this node handed out, and has Api look for it whenever the connection was away: nats-server may have shown it and lost it
/// before it was acknowledged to anybody, and have given its place to another when it is back. Then viewers have what was never said, and
/// nobody else could know.
/// </summary>
sealed partial class LogWitness(CurrentLog currentLog, INatsConnection nats, TimeProvider clock, ILogger<LogWitness> logger) : BackgroundService
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(250);

    // A healthy answer takes a millisecond or two; an Api that is not back yet does not hear the question at all.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // Of as many absences in a row without an answer in between.
    private const int MaxOwed = 16;

    private readonly Lock _lock = new();
    private readonly List<KnownEntry> _owed = [];
    private readonly SemaphoreSlim _isBack = new(0);
    private (int Epoch, LogEntry Entry)? _newest;
    private LogServer _server;

    /// <summary>The entry goes to viewers.</summary>
    public void Note(int epoch, LogEntry entry)
    {
        lock (_lock)
        {
            OweAfterAbsence();
            if (_newest is not { } newest || (epoch, entry.Sequence).CompareTo((newest.Epoch, newest.Entry.Sequence)) > 0)
                _newest = (epoch, entry);
        }
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        nats.ConnectionOpened += (_, _) =>
        {
            lock (_lock)
                OweAfterAbsence();
            _isBack.Release();
            return default;
        };
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _isBack.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await _isBack.WaitAsync(stoppingToken);
            while (Next() is { } entry)
            {
                if (await TryTellAsync(entry, stoppingToken))
                {
                    lock (_lock)
                        _owed.Remove(entry);
                }
                else
                {
                    await Task.Delay(RetryPause, clock, stoppingToken);
                }
            }
        }
    }

    // Before anything that came over the new connection is noted: that may be what fills up a lost end.
    private void OweAfterAbsence()
    {
        var server = LogServer.Of(nats);
        if (server == _server)
            return;
        _server = server;
        if (_newest is not { } newest || newest.Entry.Known(newest.Epoch) is not { } known || _owed.Contains(known))
            return;
        _owed.Add(known);
        if (_owed.Count > MaxOwed)
            _owed.RemoveAt(0);
    }

    private KnownEntry? Next()
    {
        lock (_lock)
            return _owed.Count == 0 ? null : _owed[0];
    }

    /// <summary>Whether Api has looked.</summary>
    private async Task<bool> TryTellAsync(KnownEntry entry, CancellationToken stoppingToken)
    {
        if (currentLog.Handle is not { } log)
            return false;
        using var late = new CancellationTokenSource(Patience, clock);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, late.Token);
        try
        {
            await nats.RequestAsync<byte[], byte[]>(LogSubjects.Witness(log.Shard), Encoding.UTF8.GetBytes(entry.ToString()), cancellationToken: timeout.Token);
            return true;
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested && exception is NatsException or OperationCanceledException or TimeoutException or IOException)
        {
            NotAnswered(entry.Place, exception.Message);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Debug, "No Api has looked yet whether the log still has the entry {Place}: {Reason}")]
    private partial void NotAnswered(Cursor place, string reason);
}
