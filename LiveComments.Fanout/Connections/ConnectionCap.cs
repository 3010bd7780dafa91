namespace LiveComments.Fanout.Connections;

/// <summary>How many connections this process may hold: the web server's own limits don't see those that were detached.</summary>
sealed class ConnectionCap(int most)
{
    private int _count;

    public int Most { get; } = most;

    public int Count => Volatile.Read(ref _count);

    public bool TryTake()
    {
        if (Interlocked.Increment(ref _count) <= Most)
            return true;
        Interlocked.Decrement(ref _count);
        return false;
    }

    public void Release() => Interlocked.Decrement(ref _count);
}
