using System.Net.Sockets;

namespace LiveComments.Gateway.Relay;

/// <summary>
/// A connection to a node, which the HTTP client uses for one request until somebody takes it away, to pass on the answer's body
/// without parsing it.
/// </summary>
/// <remarks>
/// Each read ends at an empty line at the latest. So when the client has read the answer's head, it has read nothing
/// of the body: what came along is kept here, for who takes the connection.
/// </remarks>
sealed class NodeConnection : Stream
{
    private const byte LineFeed = (byte)'\n';
    private const byte CarriageReturn = (byte)'\r';

    private readonly RelayThread _thread;

    // Released by the relay thread, never above one; and at the end.
    private readonly SemaphoreSlim _ready = new(0);
    private ReadOnlyMemory<byte> _kept;
    private bool _lineIsEmpty;
    private bool _isTaken;
    private volatile bool _isClosed;

    public NodeConnection(long id, Socket socket, RelayThread thread) => (Id, Socket, _thread) = (id, socket, thread);

    public long Id { get; }

    public Socket Socket { get; }

    public RelayThread Thread => _thread;

    /// <summary>Everything that the socket was ever said to be ready for, before it was taken; the relay thread's own.</summary>
    public Readiness Seen { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Completes when the connection stands.</summary>
    /// <exception cref="SocketException">Nobody there.</exception>
    public async Task ConnectedAsync(CancellationToken cancellation)
    {
        // A socket that connects is ready for nothing before it has succeeded or failed.
        await _ready.WaitAsync(cancellation);
        if (Socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error) is int error and not 0)
            throw new SocketException(error);
    }

    /// <summary>By the relay thread: the socket is ready for something.</summary>
    public void OnReady(Readiness readiness)
    {
        Seen |= readiness;
        if (_ready.CurrentCount == 0)
            _ready.Release();
    }

    /// <summary>Takes the connection from the client, which finds it at its end from now on.</summary>
    /// <returns>What of the body has been received.</returns>
    public ReadOnlyMemory<byte> Take()
    {
        _isTaken = true;
        return _kept;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_isTaken)
            return 0;
        if (!_kept.IsEmpty)
            return ReadKept(buffer);
        while (true)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            // Without a place to put it, it is only asked whether there is something.
            var received = buffer.IsEmpty ? Peek(out var error) : Socket.Receive(buffer.Span, SocketFlags.None, out error);
            if (error == SocketError.Success)
                return buffer.IsEmpty ? 0 : UpToEmptyLine(buffer[..received]);
            if (error != SocketError.WouldBlock)
                throw new IOException("The connection to the node broke.", new SocketException((int)error));
            await _ready.WaitAsync(cancellationToken);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        NodeClient.Attempt.Value?.Uses(this);
        while (!buffer.IsEmpty)
        {
            var sent = Socket.Send(buffer.Span, SocketFlags.None, out var error);
            if (error is not (SocketError.Success or SocketError.WouldBlock))
                throw new IOException("The connection to the node broke.", new SocketException((int)error));
            buffer = buffer[sent..];
            if (!buffer.IsEmpty)
                await _ready.WaitAsync(cancellationToken);
            ObjectDisposedException.ThrowIf(_isClosed, this);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (!_isTaken)
        {
            // The answer has been read, or nobody wants it. With a proper goodbye the port would be blocked for a minute, and with it the next
            // join: there are but some twenty thousand.
            Socket.Close(0);
            CloseSocket();
        }

        base.Dispose(disposing);
    }

    /// <summary>For who took it.</summary>
    public void CloseSocket()
    {
        _thread.Forget(this);
        Socket.Dispose();
        // The client closes while it waits, when it is told that nobody wants the answer any more.
        _isClosed = true;
        _ready.Release();
    }

    private int Peek(out SocketError error)
    {
        Span<byte> one = stackalloc byte[1];
        return Socket.Receive(one, SocketFlags.Peek, out error);
    }

    private int ReadKept(Memory<byte> buffer)
    {
        var kept = _kept[..Math.Min(_kept.Length, buffer.Length)];
        kept.CopyTo(buffer);
        var later = _kept[kept.Length..];
        // Sets aside again what lies behind the next empty line.
        _kept = default;
        var read = UpToEmptyLine(buffer[..kept.Length]);
        _kept = _kept.IsEmpty ? later : (byte[])[.. _kept.Span, .. later.Span];
        return read;
    }

    /// <summary>How much to hand out of what was just received; the rest is kept.</summary>
    private int UpToEmptyLine(Memory<byte> received)
    {
        var bytes = received.Span;
        for (var index = 0; index < bytes.Length; index++)
        {
            if (bytes[index] == LineFeed)
            {
                if (_lineIsEmpty)
                {
                    _lineIsEmpty = false;
                    _kept = received[(index + 1)..].ToArray();
                    return index + 1;
                }

                _lineIsEmpty = true;
            }
            else if (bytes[index] != CarriageReturn)
            {
                _lineIsEmpty = false;
            }
        }

        return bytes.Length;
    }
}
