using System.Net.WebSockets;
using LiveComments.Contracts;

namespace LiveComments.Faults.Viewers;

/// <summary>A WebSocket as a browser opens one.</summary>
sealed class SocketViewer(string name, Uri gateway, string streamId, int stream, TimeProvider clock) : Viewer(name, gateway, streamId, stream, clock)
{
    private const int FirstBuffer = 64 * 1024;

    // A resume of 1,000 comments, each of the longest kind.
    private const int MaxMessage = 16 * 1024 * 1024;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    protected override async Task WatchOnceAsync(Cursor? cursor, Action isIn, CancellationToken stop)
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(LiveSocket.SubProtocol);
        using (var connecting = CancellationTokenSource.CreateLinkedTokenSource(stop))
        {
            connecting.CancelAfter(ConnectTimeout);
            await socket.ConnectAsync(new Uri($"ws://{Gateway.Authority}/live/streams/{StreamId}/ws{(cursor is { } from ? $"?cursor={from}" : "")}"), connecting.Token);
        }

        isIn();
        var buffer = new byte[FirstBuffer];
        var length = 0;
        while (true)
        {
            var piece = await socket.ReceiveAsync(buffer.AsMemory(length), stop);
            if (piece.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, stop);
                return;
            }

            length += piece.Count;
            if (piece.EndOfMessage)
            {
                var (sighting, own) = MessageReading.Read(buffer.AsSpan(0, length));
                Take(sighting, own);
                length = 0;
            }
            else if (length == buffer.Length)
            {
                if (length >= MaxMessage)
                    throw new IOException("A message without end.");
                Array.Resize(ref buffer, 2 * length);
            }
        }
    }
}
