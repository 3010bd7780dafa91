using System.Threading.Channels;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Running;

internal readonly record struct LogEntry(int Number, DateTimeOffset Time, string Text, bool IsError)
{
    public LogLine ToLine() => new(Number, $"{Time:O} {Text}", IsError);
}

/// <summary>The last lines of one resource, for those who come late, and a channel for each who watches. Thread-safe.</summary>
internal sealed class ResourceLog(TimeProvider time, SecretMask mask)
{
    // Enough to find the cause of a crash; at 200 bytes a line it is 1 MB a resource.
    private const int KeptLines = 5_000;
    // A watcher that is that far behind loses its oldest lines rather than our memory.
    private const int WatcherLines = 10_000;

    private readonly Lock _lock = new();
    private readonly Queue<LogEntry> _entries = new();
    private readonly List<Channel<LogEntry>> _watchers = [];
    private Action<LogEntry>? _sink;
    private int _count;
    private bool _complete;

    /// <summary>Sees each entry as it comes, in order (the log file).</summary>
    public void SetSink(Action<LogEntry>? sink)
    {
        lock (_lock)
            _sink = sink;
    }

    public LogEntry Add(string text, bool isError)
    {
        text = mask.Apply(text);
        lock (_lock)
        {
            var entry = new LogEntry(++_count, time.GetUtcNow(), text, isError);
            _entries.Enqueue(entry);
            if (_entries.Count > KeptLines)
                _entries.Dequeue();
            _sink?.Invoke(entry);
            foreach (var watcher in _watchers)
                watcher.Writer.TryWrite(entry);
            return entry;
        }
    }

    public IReadOnlyList<LogEntry> Tail(int lines)
    {
        lock (_lock)
            return [.. _entries.TakeLast(lines)];
    }

    public void Clear()
    {
        lock (_lock)
            _entries.Clear();
    }

    public void Complete()
    {
        lock (_lock)
        {
            _complete = true;
            foreach (var watcher in _watchers)
                watcher.Writer.TryComplete();
        }
    }

    /// <summary>What is kept with a number above <paramref name="after"/>, then what comes.</summary>
    public async IAsyncEnumerable<LogEntry> WatchAsync(int after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<LogEntry>(new BoundedChannelOptions(WatcherLines) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        List<LogEntry> kept;
        lock (_lock)
        {
            kept = [.. _entries.Where(entry => entry.Number > after)];
            if (_complete)
                channel.Writer.TryComplete();
            else
                _watchers.Add(channel);
        }

        try
        {
            foreach (var entry in kept)
                yield return entry;
            await foreach (var entry in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return entry;
        }
        finally
        {
            lock (_lock)
                _watchers.Remove(channel);
        }
    }
}
