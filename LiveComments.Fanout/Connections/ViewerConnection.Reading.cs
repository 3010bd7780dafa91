using System.Net.Sockets;

namespace LiveComments.Fanout.Connections;

/// <summary>From the socket to the web server.</summary>
sealed partial class ViewerConnection
{
    public void OnReadable()
    {
        if (TryTurn(ReadTurn.Waiting, ReadTurn.Reading))
            _ = ReadAsync();
        else if (!TryTurn(ReadTurn.Leaving, ReadTurn.LeavingReadable))
            _heir!.OnReadable();
    }

    /// <summary>The connection was about to leave, and stays; the watch has fired meanwhile.</summary>
    private void ReadAgain()
    {
        Volatile.Write(ref _turn, (int)ReadTurn.Reading);
        _ = ReadAsync();
    }

    private async Task ReadAsync()
    {
        var ended = true;
        try
        {
            ended = !await ReceiveAsync();
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Reset by the peer, or closed by us: the connection has ended either way.
        }

        if (!ended)
        {
            Volatile.Write(ref _turn, (int)ReadTurn.Waiting);
            _watch.Arm();
            return;
        }

        await _input.Writer.CompleteAsync();
        ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.OnClosed(), this, preferLocal: false);
    }

    /// <summary>Moves what is there into the pipe; false when nothing will ever come.</summary>
    private async ValueTask<bool> ReceiveAsync()
    {
        while (true)
        {
            var memory = _input.Writer.GetMemory(ReceiveBytes);
            var received = Socket.Receive(memory.Span, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
                return true;
            if (error != SocketError.Success || received == 0)
                return false;
            _input.Writer.Advance(received);
            var flushed = await _input.Writer.FlushAsync();
            if (flushed.IsCompleted || flushed.IsCanceled)
                return false;
            // Most likely that was all; asking again would take a buffer to wait with.
            if (received < memory.Length)
                return true;
        }
    }

    private void OnClosed()
    {
        try
        {
            _closed.Cancel();
        }
        finally
        {
            _readingEnded.SetResult();
        }
    }
}
