using System.Globalization;
using System.IO.Pipelines;

namespace Pipelines.Sockets.Unofficial;

/// <summary>A few threads of their own for pipe callbacks, so that a starved thread pool does not stop the reading of replies.</summary>
/// <remarks>
/// Callers never wait and nothing is refused: what finds the queue long, or the scheduler disposed, goes to the thread pool.
/// </remarks>
public sealed class DedicatedThreadPoolPipeScheduler : PipeScheduler, IDisposable
{
    private readonly Queue<(Action<object?> Action, object? State)> _queue = new();
    private readonly int _longestQueue;
    private readonly string _name;
    private bool _disposed;
    private int _availableCount;
    private long _totalServicedByQueue, _totalServicedByPool;

    /// <param name="name">Names the threads.</param>
    /// <param name="workerCount">How many threads.</param>
    /// <param name="useThreadPoolQueueLength">A queue of this length sends newcomers to the thread pool; zero or less: never.</param>
    /// <param name="priority">The threads' priority.</param>
    public DedicatedThreadPoolPipeScheduler(string? name = null, int workerCount = 5, int useThreadPoolQueueLength = 10,
        ThreadPriority priority = ThreadPriority.Normal)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(workerCount);
        _name = string.IsNullOrWhiteSpace(name) ? GetType().Name : name.Trim();
        _longestQueue = useThreadPoolQueueLength;
        WorkerCount = workerCount;
        for (var i = 0; i < workerCount; i++)
        {
            var thread = new Thread(static self => ((DedicatedThreadPoolPipeScheduler)self!).Work())
            {
                IsBackground = true,
                Name = string.Create(CultureInfo.InvariantCulture, $"{_name}:{i}"),
                Priority = priority,
            };
            thread.Start(this);
        }
    }

    public int WorkerCount { get; }

    /// <summary>Threads that wait for work at this moment.</summary>
    public int AvailableCount => Volatile.Read(ref _availableCount);

    public long TotalServicedByQueue => Volatile.Read(ref _totalServicedByQueue);

    public long TotalServicedByPool => Volatile.Read(ref _totalServicedByPool);

    public override void Schedule(Action<object?> action, object? state)
    {
        if (action is null)
            return;
        lock (_queue)
        {
            if (!_disposed && WorkerCount > 0 && (_longestQueue <= 0 || _queue.Count < _longestQueue))
            {
                _queue.Enqueue((action, state));
                if (_availableCount > 0)
                    Monitor.Pulse(_queue);
                return;
            }
        }

        Interlocked.Increment(ref _totalServicedByPool);
        ThreadPool.Schedule(action, state);
    }

    /// <summary>Ends the threads once what is queued has run.</summary>
    public void Dispose()
    {
        lock (_queue)
        {
            _disposed = true;
            Monitor.PulseAll(_queue);
        }
    }

    public override string ToString() => _name;

    private void Work()
    {
        while (TryDequeue(out var item))
        {
            Interlocked.Increment(ref _totalServicedByQueue);
            try
            {
                item.Action(item.State);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // One connection's callback must not take the thread, and with it the process, from all the others.
                System.Diagnostics.Trace.TraceError($"{_name}: {exception}");
            }
        }
    }

    private bool TryDequeue(out (Action<object?> Action, object? State) item)
    {
        lock (_queue)
        {
            while (!_queue.TryDequeue(out item))
            {
                if (_disposed)
                    return false;
                _availableCount++;
                Monitor.Wait(_queue);
                _availableCount--;
            }

            return true;
        }
    }
}
