using System.Buffers.Binary;
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
    private const uint EventAndChunkEnd = 0x0A_0A_0D_0A;

    // Nothing of the body has been passed on yet.
    private uint _last = EventAndChunkEnd;

    public NodeConnection From => from;

    // At hand, so that passing a frame on touches no more than it must.
    public SafeSocketHandle Node { get; } = from.Socket.SafeHandle;

    /// <summary>Everything that the node's socket was ever said to be ready for.</summary>
    public Readiness Seen { get; set; }

    public ReadOnlyMemory<byte> Received { get; private set; } = received;

    /// <summary>
    /// An end of the body may stand behind what was passed on so far. Nodes write line feeds in events, and CR LF around chunks: where the one
    /// follows the other, an event and its chunk have ended.
    /// </summary>
    public bool IsWhole => _last == EventAndChunkEnd;

    /// <summary>These bytes go to the viewer.</summary>
    public void Passes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= sizeof(uint))
        {
            _last = BinaryPrimitives.ReadUInt32BigEndian(bytes[^sizeof(uint)..]);
            return;
        }

        foreach (var one in bytes)
            _last = (_last << 8) | one;
    }

    public ReadOnlyMemory<byte> TakeReceived()
    {
        var first = Received;
        Received = default;
        return first;
    }
}
