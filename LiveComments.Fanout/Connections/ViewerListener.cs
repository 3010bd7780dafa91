using System.Buffers;
using System.Net;
using System.Net.Sockets;
using LiveComments.Fanout.Transports;
using Microsoft.AspNetCore.Connections;

namespace LiveComments.Fanout.Connections;

/// <summary>Accepts connections, as many as this process may hold.</summary>
sealed partial class ViewerListener(Socket listening, MemoryPool<byte> memory, ConnectionCap cap, JoinPace pace, ViewerMetrics metrics, TimeProvider clock, ILogger<ViewerListener> logger) : IConnectionListener
{
    // No file is free: somebody has to leave first, which trying at once would not speed up.
    private static readonly TimeSpan NoFilesPause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _unbound = new();
    private readonly SpareFile _spare = new();
    private long _refused;

    public EndPoint EndPoint { get; } = listening.LocalEndPoint!;

    /// <summary>Null when no more will come.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            await pace.WaitAsync(_unbound.Token);
            try
            {
                var socket = await listening.AcceptAsync(cancellationToken);
                if (HasFiles(socket) && Open(socket) is { } connection)
                    return connection;
            }
            catch (Exception exception) when (exception is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return null;
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
            {
                if (_spare.IsHeld)
                {
                    _spare.GiveUp();
                    continue;
                }

                CannotAccept(exception.Message);
                await Task.Delay(NoFilesPause, clock, _unbound.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (SocketException)
            {
                // That one was gone before it was accepted.
            }
        }
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        listening.Dispose();
        await _unbound.CancelAsync();
    }

    public ValueTask DisposeAsync()
    {
        listening.Dispose();
        _unbound.Dispose();
        _spare.Dispose();
        memory.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>False when that was the last file: the connection has been closed for the next one's sake.</summary>
    private bool HasFiles(Socket socket)
    {
        if (_spare.TryHold())
            return true;
        socket.Close(0);
        metrics.Refused("files");
        _spare.TryHold();
        return false;
    }

    private ViewerConnection? Open(Socket socket)
    {
        if (!cap.TryTake())
        {
            // Refused at once: the gateway tries another node sooner than it would find out by waiting.
            socket.Close(0);
            metrics.Refused("connections");
            // Told at the first and then at every doubling: a flood of refusals is no flood of logs.
            if (long.IsPow2(++_refused))
                Full(cap.Most, _refused);
            return null;
        }

        try
        {
            socket.Blocking = false;
            return new ViewerConnection(socket, memory, cap);
        }
        catch (SocketException)
        {
            // Gone already.
            socket.Dispose();
            cap.Release();
            return null;
        }
    }

    [LoggerMessage(LogLevel.Error, "Connections can't be accepted at the moment: {Reason}")]
    private partial void CannotAccept(string reason);

    [LoggerMessage(LogLevel.Warning, "All {Most} places for connections are taken; {Refused} have been refused so far.")]
    private partial void Full(int most, long refused);
}
