using System.Threading.Channels;
using NATS.Client.JetStream;

namespace LiveComments.ServiceDefaults.Log;

/// <summary>The JetStream stream that holds a shard's entries of one epoch.</summary>
/// <param name="Shard">From 0.</param>
/// <param name="Epoch">From 1; part of every cursor.</param>
/// <param name="Stream">Where entries are read from.</param>
public sealed record LogHandle(int Shard, int Epoch, INatsJSStream Stream)
{
    /// <summary>What is left of earlier epochs, oldest first. They take no more entries.</summary>
    public IReadOnlyList<LogHandle> Older { get; init; } = [];

    /// <summary>This log or an older one; null when nothing is left of that epoch.</summary>
    public LogHandle? Of(int epoch) => epoch == Epoch ? this : Older.FirstOrDefault(log => log.Epoch == epoch);
}

/// <summary>
/// The log this process works with, once it has been found, and news of the one that comes after it. Swapped whole; never
/// edited. Who keeps a handle asks <see cref="NewerThanAsync"/> when to let go of it.
/// </summary>
public sealed class CurrentLog
{
    private readonly Lock _lock = new();
    // One wish is as good as many: whoever looks, looks once.
    private readonly Channel<bool> _wishes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile LogHandle? _handle;
    private volatile TaskCompletionSource _newer = New();

    /// <summary>Null until the log has been found.</summary>
    public LogHandle? Handle => _handle;

    /// <summary>Takes the log, unless a newer one is known: epochs never go back.</summary>
    public void Set(LogHandle handle)
    {
        TaskCompletionSource? news = null;
        lock (_lock)
        {
            if (_handle is { } known && known.Epoch > handle.Epoch)
                return;
            if (_handle?.Epoch != handle.Epoch)
                (news, _newer) = (_newer, New());
            _handle = handle;
        }

        news?.SetResult();
    }

    /// <summary>The log, as soon as there is one.</summary>
    public ValueTask<LogHandle> WaitAsync(CancellationToken cancellationToken) =>
        _handle is { } handle ? ValueTask.FromResult(handle) : NewerThanAsync(0, cancellationToken);

    /// <summary>The log of a later epoch, as soon as there is one.</summary>
    public async ValueTask<LogHandle> NewerThanAsync(int epoch, CancellationToken cancellationToken)
    {
        while (true)
        {
            var newer = _newer.Task;
            if (_handle is { } handle && handle.Epoch > epoch)
                return handle;
            await newer.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Something speaks for another log: whoever looks for it in this process looks now.</summary>
    public void LookAgain() => _wishes.Writer.TryWrite(true);

    /// <summary>Returns when somebody wants the log looked for again, or after the time given.</summary>
    public async Task WhenToLookAsync(TimeSpan atLatest, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(atLatest, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await _wishes.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
