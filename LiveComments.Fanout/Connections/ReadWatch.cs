using System.Net.Sockets;

namespace LiveComments.Fanout.Connections;

/// <summary>Who wants to know when there is something to read, or nothing ever again.</summary>
interface IReadable
{
    void OnReadable();
}

/// <summary>
/// Tells, by a receive of no bytes, when a socket has something to read or its peer is gone. It holds no buffer meanwhile,
/// so it may wait for hours; and it goes along when the connection is handed over, so that nothing is missed between.
/// </summary>
sealed class ReadWatch(Socket socket, IReadable reader) : SocketAsyncEventArgs(/* unsafeSuppressExecutionContext */ true)
{
    private volatile IReadable _reader = reader;

    /// <summary>Who is told. Who was it before may still be told when it has just been changed: see <see cref="ReadTurn"/>.</summary>
    public IReadable Reader
    {
        get => _reader;
        set => _reader = value;
    }

    /// <summary>Asks to be told, once; <see cref="IReadable.OnReadable"/> comes from the thread pool.</summary>
    public void Arm()
    {
        try
        {
            if (!socket.ReceiveAsync(this))
                ThreadPool.UnsafeQueueUserWorkItem(static watch => watch.Reader.OnReadable(), this, preferLocal: true);
        }
        catch (ObjectDisposedException)
        {
            // Closed in this moment; a receive says so.
            ThreadPool.UnsafeQueueUserWorkItem(static watch => watch.Reader.OnReadable(), this, preferLocal: true);
        }
    }

    protected override void OnCompleted(SocketAsyncEventArgs e) => Reader.OnReadable();
}
