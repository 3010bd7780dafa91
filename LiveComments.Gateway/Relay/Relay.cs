using System.Net.Sockets;

namespace LiveComments.Gateway.Relay;

/// <summary>
/// One node's bytes on their way to one viewer, by a connection of their own. While the viewer is blocked nothing is read from the node, which so finds out.
/// </summary>
/// <param name="from">Taken from the HTTP client; closed by the relay thread.</param>
/// <param name="to">The viewer's socket.</param>
/// <param name="received">What is to be passed on first.</param>
sealed class Relay(NodeConnection from, Socket to, ReadOnlyMemory<byte> received) : Passage(from.Thread, to)
{
    public NodeConnection From => from;

    // At hand, so that passing a frame on touches no more than it must.
    public SafeSocketHandle Node { get; } = from.Socket.SafeHandle;

    /// <summary>Everything that the node's socket was ever said to be ready for.</summary>
    public Readiness Seen { get; set; }

    public ReadOnlyMemory<byte> Received { get; private set; } = received;

    public ReadOnlyMemory<byte> TakeReceived()
    {
        var first = Received;
        Received = default;
        return first;
    }
}
