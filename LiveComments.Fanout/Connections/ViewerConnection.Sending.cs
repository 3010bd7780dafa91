using System.Buffers;
using System.Net.Sockets;

namespace LiveComments.Fanout.Connections;

/// <summary>From the web server to the socket.</summary>
sealed partial class ViewerConnection
{
    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                var result = await _output.Reader.ReadAsync();
                if (!_discards)
                    await SendAsync(result.Buffer);
                _output.Reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                    break;
                if (!result.IsCanceled)
                    continue;
                if (Volatile.Read(ref _socketGone) == 1)
                    break;
                _discards = true;
                _allSent!.SetResult();
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The peer is gone, or we closed the socket: the reading side notices, too, and ends the request.
            CloseSocket(abortively: true);
        }

        await _output.Reader.CompleteAsync();
    }

    private async ValueTask SendAsync(ReadOnlySequence<byte> bytes)
    {
        foreach (var segment in bytes)
        {
            for (var rest = segment; !rest.IsEmpty;)
                rest = rest[await Socket.SendAsync(rest, SocketFlags.None)..];
        }
    }
}
