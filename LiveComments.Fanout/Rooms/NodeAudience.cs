namespace LiveComments.Fanout.Rooms;

/// <summary>How many viewers this node has over all rooms: what a second of its sends has to be shared between.</summary>
sealed class NodeAudience
{
    private int _viewers;

    public int Viewers => Volatile.Read(ref _viewers);

    public void Arrived() => Interlocked.Increment(ref _viewers);

    public void Left() => Interlocked.Decrement(ref _viewers);
}
