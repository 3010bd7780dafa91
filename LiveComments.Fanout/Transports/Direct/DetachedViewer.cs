using System.Net.Sockets;
using LiveComments.Fanout.Connections;
using LiveComments.Fanout.Rooms;

namespace LiveComments.Fanout.Transports.Direct;

/// <summary>A viewer whose connection is ours alone: the web server has forgotten it.</summary>
sealed class DetachedViewer(DetachedViewers shared, Room room, IDisposable stay, Frame at, SignedIn? who) : DirectViewer(at, who), IConnectionHeir
{
    // A viewer has nothing to say after its request. A few bytes are thrown away, such as an empty line; a flood isn't read.
    private const int MaxStrayBytes = 4 * 1024;

    private ReadWatch? _watch;
    private int _strayBytes;

    public void Inherit(Socket socket, ReadWatch watch)
    {
        (Socket, _watch) = (socket, watch);
        if (DirectSend.IsSupported)
            HoldDescriptor();
        shared.Writers.Add(this, room);
        shared.Waves.Arrived();
    }

    public void Disinherit() => Leave(CloseReason.Left);

    /// <summary>The viewer said something, or went away, or we closed the socket.</summary>
    public void OnReadable()
    {
        Span<byte> stray = stackalloc byte[512];
        try
        {
            while (true)
            {
                var received = Socket.Receive(stray, SocketFlags.None, out var error);
                if (error == SocketError.WouldBlock)
                    break;
                _strayBytes += received;
                if (error == SocketError.Success && received > 0 && _strayBytes <= MaxStrayBytes)
                    continue;
                _watch!.Dispose();
                DirectWriters.Gone(this);
                return;
            }
        }
        catch (ObjectDisposedException)
        {
            _watch!.Dispose();
            return;
        }

        _watch!.Arm();
    }

    protected override void OnClosed(CloseReason reason, bool whole)
    {
        if (whole)
            SayFarewell(reason);
        if (reason == CloseReason.TooSlow)
        {
            // What it has not taken yet is dropped; else the kernel would keep it for minutes.
            Socket.Close(0);
        }
        else
        {
            Socket.Dispose();
        }

        shared.Cap.Release();
        Leave(reason);
    }

    private void SayFarewell(CloseReason reason)
    {
        try
        {
            byte[] farewell = reason == CloseReason.Shutdown ? [.. HttpChunk.Of(SseRetry.AtShutdown()), .. HttpChunk.Last] : HttpChunk.Last;
            // As much as it takes: a viewer that is cut off here knows its cursor.
            Socket.Send(farewell, SocketFlags.None, out _);
            Socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It has just gone by itself.
        }
    }

    private void Leave(CloseReason reason)
    {
        shared.Metrics.Closed(SseViewer.Transport, reason);
        stay.Dispose();
    }
}
