using NATS.Client.Core.Internal;

namespace NATS.Client.Core;

public enum NatsSubEndReason
{
    None,
    NoMsgs,
    MaxMsgs,
    MaxBytes,
    Timeout,
    IdleTimeout,
    EmptyMsg,
    IdleHeartbeatTimeout,
    StartUpTimeout,
    Cancelled,
    Exception,
    JetStreamError,
    RequestsPending,
}

/// <summary>
/// A subscription: survives reconnects, ends once. Messages come from the reader of the session, one at a time;
/// ending may come from anywhere.
/// </summary>
public abstract class NatsSubBase
{
    private readonly NatsConnection _connection;
    private readonly Timer? _timeoutTimer;
    private readonly Timer? _idleTimer;
    private readonly TimeSpan? _idleTimeout;
    private readonly TimeSpan? _startUpTimeout;
    private byte[] _lastSubjectBytes;
    private string _lastSubject;
    private int _pendingMsgs;
    private int _endReason;
    private int _ended;
    private int _disposed;
    private int _isSlow;
    private Exception? _exception;
    private CancellationTokenRegistration _cancellation;

    private protected NatsSubBase(NatsConnection connection, string subject, string? queueGroup, NatsSubOpts? opts, CancellationToken cancellationToken)
    {
        SubjectRules.CheckSubject(subject);
        SubjectRules.CheckQueueGroup(queueGroup);
        cancellationToken.ThrowIfCancellationRequested();
        _connection = connection;
        Subject = subject;
        QueueGroup = queueGroup;
        Opts = opts;
        (_lastSubject, _lastSubjectBytes) = (subject, connection.Opts.SubjectEncoding.GetBytes(subject));
        _pendingMsgs = opts?.MaxMsgs is > 0 ? opts.MaxMsgs.Value : -1;
        _idleTimeout = Positive(opts?.IdleTimeout);
        _startUpTimeout = Positive(opts?.StartUpTimeout);
        if (Positive(opts?.Timeout) is not null)
            _timeoutTimer = new Timer(static sub => ((NatsSubBase)sub!).End(NatsSubEndReason.Timeout), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (_startUpTimeout is not null || _idleTimeout is not null)
            _idleTimer = new Timer(static sub => ((NatsSubBase)sub!).OnIdle(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public string Subject { get; }

    public string? QueueGroup { get; }

    /// <summary>Why it failed; thrown when it is disposed.</summary>
    public Exception? Exception => Volatile.Read(ref _exception);

    /// <summary>How many messages may still come, when that was limited.</summary>
    public int? PendingMsgs => Volatile.Read(ref _pendingMsgs) is >= 0 and var count ? count : null;

    public NatsSubEndReason EndReason => (NatsSubEndReason)Volatile.Read(ref _endReason);

    internal NatsSubOpts? Opts { get; }

    internal int Sid { get; set; }

    internal bool HasEnded => Volatile.Read(ref _ended) == 1;

    private protected NatsConnection Connection => _connection;

    private bool HasStarted { get; set; }

    public ValueTask UnsubscribeAsync()
    {
        End(NatsSubEndReason.None);
        return default;
    }

    /// <summary>Stops the flow at the server, then waits until all that was under way has arrived.</summary>
    public virtual ValueTask DrainAsync(CancellationToken cancellationToken = default) => DrainCoreAsync(cancellationToken);

    public virtual ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return default;
        End(NatsSubEndReason.None);
        _timeoutTimer?.Dispose();
        _idleTimer?.Dispose();
        _cancellation.Unregister();
        GC.SuppressFinalize(this);
        return Exception is { } exception ? ValueTask.FromException(exception) : default;
    }

    /// <summary>Once it is whole: from here on timers and the token may end it.</summary>
    internal void Start(CancellationToken cancellationToken)
    {
        _timeoutTimer?.Change(Opts!.Timeout!.Value, Timeout.InfiniteTimeSpan);
        _idleTimer?.Change(_startUpTimeout ?? _idleTimeout!.Value, Timeout.InfiniteTimeSpan);
        _cancellation = cancellationToken.UnsafeRegister(static sub => ((NatsSubBase)sub!).OnCancelled(), this);
    }

    /// <summary>From the reader. A task that isn't complete holds the whole connection back: only a full channel in wait mode does that.</summary>
    internal ValueTask ReceiveAsync(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> replyTo, ReadOnlyMemory<byte> headers, ReadOnlyMemory<byte> payload)
    {
        HasStarted = true;
        if (_idleTimer is not null)
            _idleTimer.Change(_idleTimeout ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (payload.Length == 0 && Opts is not null)
        {
            if (Opts.ThrowIfNoResponders == true && HeaderCodec.IsNoResponders(headers.Span))
            {
                Fail(new NatsNoRespondersException());
                return default;
            }

            if (Opts.StopOnEmptyMsg == true)
            {
                End(NatsSubEndReason.EmptyMsg);
                return default;
            }
        }

        ValueTask delivery = default;
        try
        {
            var reply = replyTo.IsEmpty ? null : _connection.Opts.SubjectEncoding.GetString(replyTo);
            delivery = DeliverAsync(SubjectText(subject), reply, headers, payload);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Fail(exception); // this subscription's trouble, not the connection's
        }

        if (_pendingMsgs > 0 && Interlocked.Decrement(ref _pendingMsgs) == 0)
            End(NatsSubEndReason.MaxMsgs);
        return delivery;
    }

    internal abstract ValueTask DeliverAsync(string subject, string? replyTo, ReadOnlyMemory<byte> headers, ReadOnlyMemory<byte> payload);

    /// <summary>The connection is lost; it will be back, perhaps.</summary>
    internal virtual void OnDisconnected()
    {
    }

    /// <summary>The connection is back: writes what the server must be told again.</summary>
    internal virtual void WriteResubscribe(CommandScratch commands)
    {
        commands.Subscribe(Sid, Subject, QueueGroup, _connection.Opts.SubjectEncoding);
        if (PendingMsgs is > 0 and var count)
            commands.Unsubscribe(Sid, count);
    }

    /// <summary>True for the first loss of an episode.</summary>
    internal bool TryMarkSlow() => Interlocked.Exchange(ref _isSlow, 1) == 0;

    internal void Fail(Exception exception)
    {
        Interlocked.CompareExchange(ref _exception, exception, null);
        End(NatsSubEndReason.Exception);
    }

    internal void End(NatsSubEndReason reason)
    {
        if (!TryEnd(reason))
            return;
        _connection.Remove(this);
        Complete();
    }

    /// <summary>No message will follow.</summary>
    private protected abstract void Complete();

    private protected virtual void OnCancelled() => End(NatsSubEndReason.Cancelled);

    private protected virtual void OnDraining()
    {
    }

    // Compared with what is waiting once a message was taken: an episode of slowness ends with an empty channel.
    private protected void OnQueued(int waiting)
    {
        if (waiting <= 1)
            Volatile.Write(ref _isSlow, 0);
    }

    private protected async ValueTask DrainCoreAsync(CancellationToken cancellationToken)
    {
        if (!TryEnd(NatsSubEndReason.None))
            return;
        OnDraining();
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(_connection.Opts.DrainPingTimeout);
            // The answer to the ping comes behind everything that the server sent before it read UNSUB.
            _connection.SendUnsubscribe(this);
            await _connection.PingAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or NatsException or ObjectDisposedException)
        {
            // The connection is gone: what has arrived is all there is.
        }
        finally
        {
            _connection.Forget(this);
            Complete();
        }
    }

    private static TimeSpan? Positive(TimeSpan? time) => time > TimeSpan.Zero ? time : null;

    private void OnIdle() => End(HasStarted || _startUpTimeout is null ? NatsSubEndReason.IdleTimeout : NatsSubEndReason.StartUpTimeout);

    private bool TryEnd(NatsSubEndReason reason)
    {
        if (Interlocked.Exchange(ref _ended, 1) == 1)
            return false;
        Volatile.Write(ref _endReason, (int)reason);
        _timeoutTimer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _idleTimer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return true;
    }

    // Messages of one subscription mostly have one subject, or the same as the one before.
    private string SubjectText(ReadOnlySpan<byte> subject)
    {
        if (subject.SequenceEqual(_lastSubjectBytes))
            return _lastSubject;
        (_lastSubject, _lastSubjectBytes) = (_connection.Opts.SubjectEncoding.GetString(subject), subject.ToArray());
        return _lastSubject;
    }
}
