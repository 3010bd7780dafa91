using System.Net.Sockets;

namespace LiveComments.Fanout.Connections;

/// <summary>
/// A file kept in hand. When there are no others left, giving it up makes it possible to accept who is waiting, if only to
/// close the connection: who is left waiting would find out much later.
/// </summary>
sealed class SpareFile : IDisposable
{
    // The cheapest that there is on every system.
    private Socket? _file;

    public bool IsHeld => _file is not null;

    /// <summary>True when it is in hand; false when there are no files.</summary>
    public bool TryHold()
    {
        try
        {
            _file ??= new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public void GiveUp()
    {
        _file?.Dispose();
        _file = null;
    }

    public void Dispose() => GiveUp();
}
