using System.Buffers;
using System.Net.WebSockets;
using LiveComments.Contracts;

namespace LiveComments.Fanout.Transports.Sockets;

/// <summary>What came in on a WebSocket.</summary>
enum Received
{
    /// <summary>A whole text message.</summary>
    Text,

    /// <summary>The client closes the connection.</summary>
    Close,

    /// <summary>A binary message, or one in pieces with nothing in them.</summary>
    Invalid,

    /// <summary>More than <see cref="Limits.MaxSocketMessageBytes"/>.</summary>
    TooBig,
}

/// <summary>
/// A client's messages, one at a time. While nothing comes, no buffer is held. Who sends too many is read slowly: the
/// rest waits in its own send buffer, so nothing is lost and nothing is gained by it.
/// </summary>
sealed class SocketInput(WebSocket socket, TimeProvider clock) : IDisposable
{
    // A person who taps as fast as possible stays below; a flood costs us no more than this.
    private const int MessagesPerSecond = 20;
    private const int Burst = 60;

    // A message may come in pieces, but pieces without anything in them are only there to keep us busy.
    private const int MaxEmptyPieces = 8;

    // One more than allowed, to see that there is more.
    private const int BufferBytes = Limits.MaxSocketMessageBytes + 1;

    private byte[]? _buffer;
    private double _allowance = Burst;
    private long _allowedAt = clock.GetTimestamp();

    /// <summary>The text of the last message; valid until the next is asked for.</summary>
    public ReadOnlyMemory<byte> Message { get; private set; }

    public async ValueTask<Received> NextAsync(CancellationToken closing)
    {
        Return();
        await PaceAsync(closing);
        // Nothing is read into an empty buffer: this only waits until there is something.
        var piece = await socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
        var buffer = _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        var count = 0;
        var empty = 0;
        while (true)
        {
            if (piece.MessageType == WebSocketMessageType.Close)
                return Received.Close;
            if (piece.MessageType == WebSocketMessageType.Binary || (piece.Count == 0 && ++empty > MaxEmptyPieces))
                return Received.Invalid;
            count += piece.Count;
            if (count >= BufferBytes)
                return Received.TooBig;
            if (piece.EndOfMessage)
                break;
            piece = await socket.ReceiveAsync(buffer.AsMemory(count, BufferBytes - count), CancellationToken.None);
        }

        Message = buffer.AsMemory(0, count);
        return Received.Text;
    }

    public void Dispose() => Return();

    private void Return()
    {
        Message = default;
        if (_buffer is not { } buffer)
            return;
        _buffer = null;
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private async ValueTask PaceAsync(CancellationToken closing)
    {
        var now = clock.GetTimestamp();
        _allowance = Math.Min(Burst, _allowance + (clock.GetElapsedTime(_allowedAt, now).TotalSeconds * MessagesPerSecond)) - 1;
        _allowedAt = now;
        if (_allowance < 0)
            await Task.Delay(TimeSpan.FromSeconds(-_allowance / MessagesPerSecond), clock, closing);
    }
}
