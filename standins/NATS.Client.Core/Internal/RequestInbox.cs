using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Tasks.Sources;

namespace NATS.Client.Core.Internal;

/// <summary>
/// All requests share one subscription, <c>_INBOX.(connection).*</c>; the last word of a reply's subject is the request's number.
/// Hot path: one object a request, no timer of its own.
/// </summary>
internal sealed class RequestInbox : IDisposable
{
    // How late a time-out may be noticed; cheap, since it only runs while requests are pending.
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<long, PendingReply> _pending = new();
    private readonly Timer _sweeper;
    private long _lastId;
    private int _sweeping;

    public RequestInbox(string prefix)
    {
        Prefix = prefix + ".";
        _sweeper = new Timer(static inbox => ((RequestInbox)inbox!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public string Prefix { get; }

    public string Subject => Prefix + "*";

    public PendingReply<T> Add<T>(NatsConnection connection, INatsDeserialize<T> serializer, TimeSpan timeout, bool throwIfNoResponders)
    {
        var id = Interlocked.Increment(ref _lastId);
        var reply = new PendingReply<T>(this, id, connection, serializer, timeout, throwIfNoResponders);
        _pending[id] = reply;
        if (Interlocked.Exchange(ref _sweeping, 1) == 0)
            _sweeper.Change(SweepInterval, SweepInterval);
        return reply;
    }

    public void Remove(long id) => _pending.TryRemove(id, out _);

    /// <summary>Hands a reply to its request. One that came too late is nobody's.</summary>
    public void Deliver(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> replyTo, ReadOnlyMemory<byte> headers, ReadOnlyMemory<byte> payload)
    {
        if (subject.Length > Prefix.Length
            && Utf8Parser.TryParse(subject[Prefix.Length..], out long id, out _)
            && _pending.TryRemove(id, out var reply))
        {
            reply.Deliver(replyTo, headers, payload);
        }
    }

    public void Dispose()
    {
        _sweeper.Dispose();
        foreach (var reply in _pending.Values)
            reply.Fail(new NatsNoReplyException());
    }

    private void Sweep()
    {
        if (_pending.IsEmpty)
        {
            _sweeper.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Interlocked.Exchange(ref _sweeping, 0);
            // A request that came between the look and the stop must not be forgotten.
            if (!_pending.IsEmpty && Interlocked.Exchange(ref _sweeping, 1) == 0)
                _sweeper.Change(SweepInterval, SweepInterval);
            return;
        }

        var now = Environment.TickCount64;
        foreach (var (id, reply) in _pending)
        {
            if (now >= reply.DeadlineMs && _pending.TryRemove(id, out _))
                reply.Fail(new NatsNoReplyException());
        }
    }
}

/// <summary>A request that waits for its reply. Ends once: by reply, time-out, cancellation or the end of the connection.</summary>
internal abstract class PendingReply
{
    private int _ended;

    /// <summary>None until the request is on its way.</summary>
    public long DeadlineMs { get; protected set; } = long.MaxValue;

    public abstract void Deliver(ReadOnlySpan<byte> replyTo, ReadOnlyMemory<byte> headers, ReadOnlyMemory<byte> payload);

    public abstract void Fail(Exception exception);

    protected bool TryEnd() => Interlocked.Exchange(ref _ended, 1) == 0;
}

internal sealed class PendingReply<T>(RequestInbox inbox, long id, NatsConnection connection, INatsDeserialize<T> serializer, TimeSpan timeout, bool throwIfNoResponders)
    : PendingReply, IValueTaskSource<NatsMsg<T>>, IDisposable
{
    // Asynchronously: the reader must not run callers' code.
    private ManualResetValueTaskSourceCore<NatsMsg<T>> _core = new() { RunContinuationsAsynchronously = true };

    public string Subject { get; } = string.Create(CultureInfo.InvariantCulture, $"{inbox.Prefix}{id}");

    public ValueTask<NatsMsg<T>> Reply => new(this, _core.Version);

    public void StartTimeout()
    {
        if (timeout != Timeout.InfiniteTimeSpan && DeadlineMs == long.MaxValue)
            DeadlineMs = Environment.TickCount64 + (long)timeout.TotalMilliseconds;
    }

    public override void Deliver(ReadOnlySpan<byte> replyTo, ReadOnlyMemory<byte> headers, ReadOnlyMemory<byte> payload)
    {
        if (!TryEnd())
            return;
        var reply = replyTo.IsEmpty ? null : connection.Opts.SubjectEncoding.GetString(replyTo);
        var message = NatsMsg<T>.Read(Subject, reply, headers, payload, connection, serializer);
        if (throwIfNoResponders && message.HasNoResponders)
            _core.SetException(new NatsNoRespondersException());
        else
            _core.SetResult(message);
    }

    public override void Fail(Exception exception)
    {
        if (TryEnd())
            _core.SetException(exception);
    }

    public void Dispose() => inbox.Remove(id);

    NatsMsg<T> IValueTaskSource<NatsMsg<T>>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<NatsMsg<T>>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<NatsMsg<T>>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
