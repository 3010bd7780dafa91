using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Pipelines.Sockets.Unofficial;

public sealed partial class SocketConnection
{
    // The system takes up to 1,024 pieces in one call; 64 pieces of 8 KiB are as much as a socket buffer takes at once.
    private const int MostPiecesPerSend = 64;

    /// <summary>Hot path: from the socket into <see cref="Input"/> until either ends.</summary>
    private async Task ReceiveAsync()
    {
        Exception? error = null;
        try
        {
            var writer = _receiving.Writer;
            while (true)
            {
                if ((_options & SocketConnectionOptions.ZeroLengthReads) != 0)
                    await Socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None).ConfigureAwait(false);
                var received = await Socket.ReceiveAsync(writer.GetMemory(), SocketFlags.None).ConfigureAwait(false);
                if (received <= 0)
                {
                    TrySetShutdown(PipeShutdownKind.ReadEndOfStream);
                    break;
                }

                writer.Advance(received);
                Volatile.Write(ref _lastReceived, received);
                Interlocked.Add(ref _bytesRead, received);
                var flushed = await writer.FlushAsync().ConfigureAwait(false);
                if (flushed.IsCompleted)
                {
                    TrySetShutdown(PipeShutdownKind.ReadFlushCompleted);
                    break;
                }

                if (flushed.IsCanceled)
                {
                    TrySetShutdown(PipeShutdownKind.ReadFlushCanceled);
                    break;
                }
            }
        }
        catch (Exception exception)
        {
            error = Explain(exception, PipeShutdownKind.ReadSocketError, PipeShutdownKind.ReadDisposed, PipeShutdownKind.ReadIOException, PipeShutdownKind.ReadException);
        }

        ShutdownSocket(SocketShutdown.Receive);
        await _receiving.Writer.CompleteAsync(error).ConfigureAwait(false);
    }

    /// <summary>Hot path: from <see cref="Output"/> to the socket until either ends.</summary>
    private async Task SendAsync()
    {
        Exception? error = null;
        using var gathered = new SocketAwaitableEventArgs();
        var pieces = new List<ArraySegment<byte>>();
        try
        {
            var reader = _sending.Reader;
            while (true)
            {
                var read = await reader.ReadAsync().ConfigureAwait(false);
                var buffer = read.Buffer;
                if (buffer.IsEmpty && (read.IsCompleted || read.IsCanceled))
                {
                    TrySetShutdown(PipeShutdownKind.WriteEndOfStream);
                    break;
                }

                var sent = buffer.IsSingleSegment
                    ? await Socket.SendAsync(buffer.First, SocketFlags.None).ConfigureAwait(false)
                    : await SendPiecesAsync(buffer, pieces, gathered);
                Interlocked.Add(ref _bytesSent, sent);
                reader.AdvanceTo(buffer.GetPosition(sent));
                if (read.IsCanceled && _disposed)
                    break;
            }
        }
        catch (Exception exception)
        {
            error = Explain(exception, PipeShutdownKind.WriteSocketError, PipeShutdownKind.WriteDisposed, PipeShutdownKind.WriteIOException, PipeShutdownKind.WriteException);
        }

        // After a failed send the peer's view is unknown: end the reading as well, so that the owner notices.
        ShutdownSocket(error is null ? SocketShutdown.Send : SocketShutdown.Both);
        await _sending.Reader.CompleteAsync(error).ConfigureAwait(false);
    }

    /// <summary>Many pieces in one system call. What it did not take is offered again by the caller.</summary>
    private async ValueTask<int> SendPiecesAsync(ReadOnlySequence<byte> buffer, List<ArraySegment<byte>> pieces, SocketAwaitableEventArgs gathered)
    {
        pieces.Clear();
        foreach (var piece in buffer)
        {
            if (!MemoryMarshal.TryGetArray(piece, out var array))
                return await Socket.SendAsync(buffer.First, SocketFlags.None).ConfigureAwait(false);
            if (array.Count > 0)
                pieces.Add(array);
            if (pieces.Count == MostPiecesPerSend)
                break;
        }

        gathered.BufferList = pieces;
        if (!Socket.SendAsync(gathered))
            gathered.Complete();
        return await gathered;
    }

    /// <summary>Keeps why a loop ended, and says it in the way that the owner of the pipes expects.</summary>
    private Exception Explain(Exception exception, PipeShutdownKind socketError, PipeShutdownKind disposed, PipeShutdownKind io, PipeShutdownKind other)
    {
        switch (exception)
        {
            case SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.Shutdown or SocketError.NetworkReset } reset:
                TrySetShutdown(socketError, reset.SocketErrorCode);
                return new ConnectionResetException(reset.Message, reset);
            case SocketException { SocketErrorCode: SocketError.OperationAborted or SocketError.ConnectionAborted or SocketError.Interrupted } aborted:
                TrySetShutdown(socketError, aborted.SocketErrorCode);
                return new ConnectionAbortedException(aborted.Message, aborted);
            case SocketException failed:
                TrySetShutdown(socketError, failed.SocketErrorCode);
                return new IOException(failed.Message, failed);
            case ObjectDisposedException:
                TrySetShutdown(disposed);
                return new ConnectionAbortedException("The connection was disposed", exception);
            case IOException:
                TrySetShutdown(io);
                return exception;
            default:
                TrySetShutdown(other);
                return new IOException(exception.Message, exception);
        }
    }
}
