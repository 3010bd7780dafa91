using System.ComponentModel;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Pipelines.Sockets.Unofficial;

/// <summary>A connected socket as a pair of pipes, moved by two loops: one receives, one sends.</summary>
/// <remarks>
/// The first thing that ends the connection is kept in <see cref="ShutdownKind"/>.
/// Completing <see cref="Output"/> sends what is left and then ends the sending side;
/// completing <see cref="Input"/> ends the receiving side; <see cref="Dispose"/> closes the socket and with it both loops.
/// </remarks>
public sealed partial class SocketConnection : IMeasuredDuplexPipe, IDisposable
{
    private readonly Pipe _receiving, _sending;
    private readonly SocketConnectionOptions _options;
    private readonly string _name;
    private long _bytesRead, _bytesSent;
    private int _lastReceived;
    private int _shutdownKind;
    private volatile bool _disposed;

    private SocketConnection(Socket socket, PipeOptions? sendPipeOptions, PipeOptions? receivePipeOptions,
        SocketConnectionOptions options, string? name)
    {
        ArgumentNullException.ThrowIfNull(socket);
        Socket = socket;
        _options = options;
        _name = string.IsNullOrWhiteSpace(name) ? GetType().Name : name.Trim();
        sendPipeOptions ??= PipeOptions.Default;
        receivePipeOptions ??= PipeOptions.Default;
        _sending = new Pipe(sendPipeOptions);
        _receiving = new Pipe(receivePipeOptions);
        Input = new ReceivedReader(_receiving.Reader, this);
        Output = new SentWriter(_sending.Writer, this);
        // The loops' own work must not run on the creator's time.
        sendPipeOptions.ReaderScheduler.Schedule(static self => _ = ((SocketConnection)self!).SendAsync(), this);
        receivePipeOptions.WriterScheduler.Schedule(static self => _ = ((SocketConnection)self!).ReceiveAsync(), this);
    }

    public Socket Socket { get; }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    /// <summary>What ended the connection first; none while it lives.</summary>
    public PipeShutdownKind ShutdownKind => (PipeShutdownKind)Volatile.Read(ref _shutdownKind);

    /// <summary>The socket's error, when that was what ended the connection.</summary>
    public SocketError SocketError { get; private set; }

    public long BytesRead => Interlocked.Read(ref _bytesRead);

    public long BytesSent => Interlocked.Read(ref _bytesSent);

    /// <summary>The size of the latest receive.</summary>
    public int LastReceived => Volatile.Read(ref _lastReceived);

    long IMeasuredDuplexPipe.TotalBytesSent => BytesSent;

    long IMeasuredDuplexPipe.TotalBytesReceived => BytesRead;

    /// <summary>Wraps a connected socket, which the connection owns from then on.</summary>
    public static SocketConnection Create(Socket socket, PipeOptions? sendPipeOptions, PipeOptions? receivePipeOptions,
        SocketConnectionOptions socketConnectionOptions = SocketConnectionOptions.None, string? name = null) =>
        new(socket, sendPipeOptions, receivePipeOptions, socketConnectionOptions, name);

    /// <summary>Throws when the pipelines assembly can't be loaded, before anything depends on it.</summary>
    public static void AssertDependencies() => RuntimeHelpers.RunClassConstructor(typeof(PipeOptions).TypeHandle);

    /// <summary>Small messages leave at once: the writer batches already.</summary>
    public static void SetRecommendedClientOptions(Socket socket)
    {
        if (socket.AddressFamily != AddressFamily.Unix)
            socket.NoDelay = true;
    }

    /// <summary>Records that the protocol itself ended the connection, unless something else did before.</summary>
    public bool TrySetProtocolShutdown(PipeShutdownKind kind) =>
        kind is PipeShutdownKind.ProtocolExitClient or PipeShutdownKind.ProtocolExitServer && TrySetShutdown(kind);

    public void Dispose()
    {
        _disposed = true;
        TrySetShutdown(PipeShutdownKind.PipeDisposed);
        ShutdownSocket(SocketShutdown.Both);
        Socket.Dispose();
        // A send loop that waits for output would wait for ever, since nobody writes any more.
        _sending.Reader.CancelPendingRead();
        _receiving.Writer.CancelPendingFlush();
    }

    public override string ToString() => _name;

    /// <summary>What waits where at this moment; for diagnostics.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Browsable(false)]
    public Counters GetCounters()
    {
        var available = 0;
        try
        {
            available = Socket.Available;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Closed meanwhile: nothing is available.
        }

        return new Counters(available, LengthOf(_sending), LengthOf(_receiving));
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Length")]
    private static extern long LengthOf(Pipe pipe);

    private bool TrySetShutdown(PipeShutdownKind kind, SocketError error = SocketError.Success)
    {
        if (Interlocked.CompareExchange(ref _shutdownKind, (int)kind, 0) != 0)
            return false;
        if (error != SocketError.Success)
            SocketError = error;
        return true;
    }

    private void ShutdownSocket(SocketShutdown how)
    {
        try
        {
            Socket.Shutdown(how);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Closed or never connected: what was wanted is so.
        }
    }

    /// <summary>Bytes that wait at the three places between the peer and the caller.</summary>
    public readonly struct Counters
    {
        internal Counters(long available, long toBeSent, long toBeRead)
        {
            BytesAvailableOnSocket = available;
            BytesWaitingToBeSent = toBeSent;
            BytesWaitingToBeRead = toBeRead;
        }

        public long BytesAvailableOnSocket { get; }

        public long BytesWaitingToBeSent { get; }

        public long BytesWaitingToBeRead { get; }
    }
}
