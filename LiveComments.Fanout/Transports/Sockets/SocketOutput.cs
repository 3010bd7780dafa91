using System.Net.WebSockets;

namespace LiveComments.Fanout.Transports.Sockets;

/// <summary>What goes out on a WebSocket: frames and answers take turns, and neither waits long for a slow reader.</summary>
sealed class SocketOutput(WebSocket socket, TimeProvider clock) : IDisposable
{
    private const WebSocketMessageFlags WholeMessage = WebSocketMessageFlags.EndOfMessage | WebSocketMessageFlags.DisableCompression;

    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Told that the reader did not take it in time, before the connection is cut for it.</summary>
    public Action? TooSlow { get; set; }

    /// <summary>False when the reader did not take it in time; the connection has been cut then.</summary>
    public async ValueTask<bool> SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> messages)
    {
        await _turn.WaitAsync();
        try
        {
            foreach (var message in messages)
            {
                var sending = socket.SendAsync(message, WebSocketMessageType.Text, WholeMessage, CancellationToken.None);
                if (!sending.IsCompletedSuccessfully && !await IsDoneInTimeAsync(sending.AsTask()))
                    return false;
            }

            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Says why it is over. The client's own close is still to come.</summary>
    public async Task CloseAsync(WebSocketCloseStatus status, string text)
    {
        await _turn.WaitAsync();
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await IsDoneInTimeAsync(socket.CloseOutputAsync(status, text, CancellationToken.None));
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<bool> IsDoneInTimeAsync(Task sending)
    {
        try
        {
            await sending.WaitAsync(SlowReaders.MaxLag, clock);
            return true;
        }
        catch (TimeoutException)
        {
            // First, or who waits for the client's next message would take the cut for the client's own doing.
            TooSlow?.Invoke();
            socket.Abort();
            // Fails now that the connection is cut; what with is of no interest.
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return false;
        }
    }
}
