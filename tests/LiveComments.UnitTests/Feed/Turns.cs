using System.Collections.Concurrent;

namespace LiveComments.UnitTests.Feed;

/// <summary>Runs what was awaited on the test's own thread, when the test says so: between any two awaits the world can change.</summary>
sealed class Turns : SynchronizationContext, IDisposable
{
    private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _waiting = new();
    private readonly SynchronizationContext? _before = Current;

    public Turns() => SetSynchronizationContext(this);

    public override void Post(SendOrPostCallback d, object? state) => _waiting.Enqueue((d, state));

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>At most so many; true when there was one at least.</summary>
    public bool Take(int turns)
    {
        var taken = 0;
        for (; taken < turns && _waiting.TryDequeue(out var next); taken++)
            next.Callback(next.State);
        return taken > 0;
    }

    public bool TakeAll() => Take(int.MaxValue);

    public void Dispose() => SetSynchronizationContext(_before);
}
