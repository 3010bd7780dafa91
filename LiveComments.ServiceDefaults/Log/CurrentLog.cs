using NATS.Client.JetStream;

namespace LiveComments.ServiceDefaults.Log;

/// <summary>The JetStream stream that holds a shard's entries in its present epoch.</summary>
/// <param name="Shard">From 0.</param>
/// <param name="Epoch">From 1; part of every cursor.</param>
/// <param name="Stream">Where entries are read from.</param>
public sealed record LogHandle(int Shard, int Epoch, INatsJSStream Stream);

/// <summary>The log this process works with, once it has been found. Swapped whole; never edited.</summary>
public sealed class CurrentLog
{
    private readonly TaskCompletionSource<LogHandle> _found = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile LogHandle? _handle;

    /// <summary>Null until the log has been found.</summary>
    public LogHandle? Handle => _handle;

    public void Set(LogHandle handle)
    {
        _handle = handle;
        _found.TrySetResult(handle);
    }

    /// <summary>The log, as soon as there is one.</summary>
    public async ValueTask<LogHandle> WaitAsync(CancellationToken cancellationToken) =>
        _handle ?? await _found.Task.WaitAsync(cancellationToken);
}
