using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using NATS.Client.Core;

namespace LiveComments.Api.Log;

/// <summary>The newest entry of one epoch that this process has heard of. It only grows.</summary>
sealed class HighWater(int epoch)
{
    private ulong _sequence;
    private KnownEntry? _acknowledged;

    public int Epoch => epoch;

    public ulong Sequence => Volatile.Read(ref _sequence);

    /// <summary>The newest of those that this process appended itself.</summary>
    public KnownEntry? Acknowledged => Volatile.Read(ref _acknowledged);

    public void Note(ulong sequence, string messageId)
    {
        Note(sequence);
        var entry = new KnownEntry(new Cursor(epoch, sequence), messageId);
        var known = Acknowledged;
        while (known is null || sequence > known.Place.Sequence)
        {
            var before = Interlocked.CompareExchange(ref _acknowledged, entry, known);
            if (ReferenceEquals(before, known))
                return;
            known = before;
        }
    }

    public void Note(ulong sequence)
    {
        var known = Volatile.Read(ref _sequence);
        while (sequence > known)
        {
            var before = Interlocked.CompareExchange(ref _sequence, sequence, known);
            if (before == known)
                return;
            known = before;
        }
    }
}

/// <summary>The log, found to have everything that it is known to have had. Another one after each doubt: compare by reference.</summary>
sealed class ConfirmedLog(LogHandle log, HighWater highest)
{
    public LogHandle Log { get; } = log;

    public HighWater Highest { get; } = highest;
}

/// <summary>
/// Whether the log may be appended to. A lost connection, and everything else that speaks for another log, is a doubt; from
/// then on appends wait until <see cref="LogKeeper"/> has compared the log with what is known, and confirms it.
/// </summary>
sealed class LogTrust(CurrentLog currentLog, TimeProvider clock, INatsConnection? nats = null)
{
    private readonly Lock _lock = new();
    private volatile ConfirmedLog? _confirmed;
    private volatile TaskCompletionSource _confirming = New();
    private HighWater _highest = new(0);
    private int _doubts;
    private int _provenBackwards;
    private long _comparisonDue;
    private bool _isComparisonDue;
    private LogServer _server;
    private KnownEntry? _newestBefore;
    private KnownEntry? _lastBreath;

    /// <summary>
    /// The newest entry that was acknowledged to this process before the doubt, and the newest of those whose acknowledgement came in after nats-server had gone:
    /// a log that is what it was has them there. How far the log goes proves
    /// little, since the client sends what was under way as soon as the connection is back, and so fills up what was lost. Empty when there is none, or no doubt.
    /// </summary>
    public IReadOnlyList<KnownEntry> ToBeFound
    {
        get
        {
            lock (_lock)
                return [.. new[] { _newestBefore, _lastBreath }.OfType<KnownEntry>()];
        }
    }

    /// <summary>
    /// The newest entry that was acknowledged to this process while the log was beyond doubt, for others to look for. What a doubtful log acknowledges
    /// must not take its place: that may be what fills up a lost end. Null when there is none.
    /// </summary>
    public KnownEntry? Acknowledged
    {
        get
        {
            lock (_lock)
                return _newestBefore ?? _highest.Acknowledged;
        }
    }

    /// <summary>Counts up: a comparison that was begun before the last of them proves nothing.</summary>
    public int Doubts => Volatile.Read(ref _doubts);

    /// <summary>An epoch whose log gave out a sequence a second time; 0 for none.</summary>
    public int ProvenBackwards => Volatile.Read(ref _provenBackwards);

    /// <summary>The newest entry this process has heard of; null when it has heard of none.</summary>
    public Cursor? Highest => Volatile.Read(ref _highest) is { Epoch: > 0 } highest ? new Cursor(highest.Epoch, highest.Sequence) : null;

    /// <summary>For how long the comparison could have been made and was not; null when it was, or when nats-server is away.</summary>
    public TimeSpan? ComparisonOverdue
    {
        get
        {
            lock (_lock)
                return _confirmed is null && _isComparisonDue ? clock.GetElapsedTime(_comparisonDue) : null;
        }
    }

    /// <summary>Nothing is appended: the log is away, or is yet to be compared.</summary>
    public bool IsInDoubt => _confirmed is null;

    /// <summary>
    /// The log acknowledged an entry, and a doubt arose before this process could note that. Whatever compares the log from now on knows of the
    /// entry; a comparison that may not have known of it proves nothing.
    /// </summary>
    public void NoteInDoubt(ConfirmedLog confirmed, KnownEntry entry)
    {
        confirmed.Highest.Note(entry.Place.Sequence);
        lock (_lock)
        {
            _doubts++;
            // Not with the connection back: then it is an answer to what was sent again, and proves nothing of what was.
            if (_confirmed is null && !_isComparisonDue && (_lastBreath is null || entry.Place > _lastBreath.Place))
                _lastBreath = entry;
            if (_confirmed is null || _confirmed.Log.Epoch != confirmed.Log.Epoch)
                return;
        }

        Doubt(isConnected: true);
    }

    /// <summary>Notices that another server speaks, or the same over another connection, before the connection's events tell. To be asked before anything that came over it is believed.</summary>
    public void Look()
    {
        var server = LogServer.Of(nats);
        lock (_lock)
        {
            if (server == _server)
                return;
            _server = server;
        }

        Doubt(isConnected: true);
    }

    /// <summary>Whether nothing has cast doubt on it since it was confirmed.</summary>
    public bool StillHolds(ConfirmedLog confirmed) => ReferenceEquals(_confirmed, confirmed);

    /// <summary>Something speaks for another log, or for none.</summary>
    /// <param name="isConnected">Whether the comparison can be made now.</param>
    public void Doubt(bool isConnected)
    {
        lock (_lock)
        {
            _doubts++;
            _confirmed = null;
            _newestBefore ??= _highest.Acknowledged;
            if (_confirming.Task.IsCompleted)
                _confirming = New();
            if (isConnected && !_isComparisonDue)
                _comparisonDue = clock.GetTimestamp();
            _isComparisonDue = isConnected;
        }

        if (isConnected)
            currentLog.LookAgain();
    }

    /// <summary>As <see cref="Doubt"/>, after the log gave out a sequence that was known before: then it went backwards for sure.</summary>
    public void ProveBackwards(int epoch)
    {
        Volatile.Write(ref _provenBackwards, epoch);
        Doubt(isConnected: true);
    }

    /// <summary>Lets appends through. False when there was a doubt since <paramref name="doubts"/> was read: compare again.</summary>
    /// <param name="log">Found to be sound.</param>
    /// <param name="end">How far it went when it was compared.</param>
    /// <param name="doubts"><see cref="Doubts"/>, from before the comparison.</param>
    public bool Confirm(LogHandle log, ulong end, int doubts)
    {
        lock (_lock)
        {
            if (_doubts != doubts)
                return false;
            if (_highest.Epoch != log.Epoch)
                Volatile.Write(ref _highest, new HighWater(log.Epoch));
            _highest.Note(end);
            if (_confirmed?.Log.Epoch != log.Epoch)
                _confirmed = new ConfirmedLog(log, _highest);
            _isComparisonDue = false;
            (_newestBefore, _lastBreath) = (null, null);
            _confirming.TrySetResult();
            return true;
        }
    }

    /// <summary>The log, as soon as it is beyond doubt.</summary>
    public async ValueTask<ConfirmedLog> ConfirmedAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var confirming = _confirming.Task;
            if (_confirmed is { } confirmed)
                return confirmed;
            await confirming.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Waits while the log is there and is yet to be compared. What was read from it before it went away need not wait.</summary>
    public async ValueTask UnlessToBeComparedAsync(CancellationToken cancellationToken)
    {
        Look();
        if (ComparisonOverdue is not null)
            await ConfirmedAsync(cancellationToken);
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
