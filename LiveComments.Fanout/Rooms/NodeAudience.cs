namespace LiveComments.Fanout.Rooms;

/// <summary>
/// How many viewers this node has over all rooms, each counted as what a send to it costs: what a second of the node's
/// sends has to be shared between.
/// </summary>
sealed class NodeAudience
{
    private int _sends;

    /// <summary>What one comment to every viewer of the node costs, in sends by the fast path.</summary>
    public int Sends => Volatile.Read(ref _sends);

    /// <param name="sends">What a send to the viewer costs: see <see cref="SendCost"/>.</param>
    public void Arrived(int sends) => Interlocked.Add(ref _sends, sends);

    public void Left(int sends) => Interlocked.Add(ref _sends, -sends);
}
