using System.Threading.Tasks.Sources;

namespace NATS.Client.Core.Internal;

/// <summary>Wakes one waiter, without allocating. Many may set it; a signal that nobody awaits yet is kept.</summary>
internal sealed class AsyncSignal : IValueTaskSource
{
    private readonly Lock _gate = new();

    // Asynchronously: whoever sets it goes on at once, and what others write meanwhile joins the same batch.
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private volatile bool _isSet;
    private bool _isAwaited;

    public void Set()
    {
        // What the caller wrote must be visible before the look: a waiter that clears the flag looks at it afterwards.
        Interlocked.MemoryBarrier();
        if (_isSet)
            return;
        lock (_gate)
        {
            _isSet = true;
            if (!_isAwaited)
                return;
            _isAwaited = false;
            _core.SetResult(true);
        }
    }

    /// <summary>For one caller at a time.</summary>
    public ValueTask WaitAsync()
    {
        // Under the lock, too: the core must not be reset while a completion of it is still under way.
        lock (_gate)
        {
            if (_isSet)
            {
                Clear();
                return default;
            }

            _core.Reset();
            _isAwaited = true;
            return new ValueTask(this, _core.Version);
        }
    }

    void IValueTaskSource.GetResult(short token)
    {
        _core.GetResult(token);
        Clear();
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Clear()
    {
        _isSet = false;
        Interlocked.MemoryBarrier();
    }
}
