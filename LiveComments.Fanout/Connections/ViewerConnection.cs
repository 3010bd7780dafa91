using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace LiveComments.Fanout.Connections;

/// <summary>A connection between a socket and the web server, which a request can detach from the latter.</summary>
/// <remarks>
/// Detaching, in this order, each step because of the one after it:
/// 1. Stop reading: the watch stays armed, but what comes is nobody's yet. Whoever reads at that moment keeps the connection.
/// 2. Look for input that nobody has read (a pipelined request): the web server must answer it, so refuse.
/// 3. Let what was written go out; from then on throw away what the web server writes (the end of the response).
/// 4. End the input, so that the web server finds the connection closed after this request.
/// 5. When it disposes of the connection, nobody uses the socket any more: hand it over.
/// </remarks>
sealed partial class ViewerConnection : ConnectionContext, IDuplexPipe, IReadable, IDetachableConnection,
    IConnectionIdFeature, IConnectionTransportFeature, IConnectionItemsFeature, IMemoryPoolFeature, IConnectionLifetimeFeature, IConnectionSocketFeature
{
    // A request's head comes to a few hundred bytes; a WebSocket's messages to a few kilobytes.
    private const int MaxUnreadBytes = 64 * 1024;

    // With this a flush returns when everything has been sent: nothing is queued here that would lie behind a direct write.
    private const int NoWriteBehind = 1;

    private const int ReceiveBytes = 2 * 1024;

    private readonly Pipe _input;
    private readonly Pipe _output;
    private readonly CancellationTokenSource _closed = new();
    private readonly ReadWatch _watch;
    private readonly ConnectionCap _cap;
    private readonly Task _sending;
    private readonly TaskCompletionSource _readingEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _allSent;
    private IDictionary<object, object?>? _items;
    private IDuplexPipe _transport;
    private IConnectionHeir? _heir;
    private volatile bool _discards;
    private int _turn = (int)ReadTurn.Waiting;
    private int _socketGone;

    public ViewerConnection(Socket socket, MemoryPool<byte> memory, ConnectionCap cap)
    {
        (Socket, MemoryPool, _cap) = (socket, memory, cap);
        // Sending is done on the thread that flushes: it is one system call, and the socket nearly always takes everything.
        _input = new Pipe(new PipeOptions(memory, PipeScheduler.ThreadPool, PipeScheduler.Inline, MaxUnreadBytes, MaxUnreadBytes / 2, useSynchronizationContext: false));
        _output = new Pipe(new PipeOptions(memory, PipeScheduler.Inline, PipeScheduler.ThreadPool, NoWriteBehind, NoWriteBehind, useSynchronizationContext: false));
        _transport = this;
        ConnectionId = CorrelationIds.Next();
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        ConnectionClosed = _closed.Token;
        Features = new FeatureCollection();
        Features.Set<IConnectionIdFeature>(this);
        Features.Set<IConnectionTransportFeature>(this);
        Features.Set<IConnectionItemsFeature>(this);
        Features.Set<IMemoryPoolFeature>(this);
        Features.Set<IConnectionLifetimeFeature>(this);
        Features.Set<IConnectionSocketFeature>(this);
        Features.Set<IDetachableConnection>(this);
        _watch = new ReadWatch(socket, this);
        _sending = SendAsync();
        _watch.Arm();
    }

    public Socket Socket { get; }

    public MemoryPool<byte> MemoryPool { get; }

    public override string ConnectionId { get; set; }

    public override IFeatureCollection Features { get; }

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    /// <summary>The web server's side; replaced by who stands between, such as TLS.</summary>
    public override IDuplexPipe Transport
    {
        get => _transport;
        set => _transport = value;
    }

    public override CancellationToken ConnectionClosed { get; set; }

    PipeReader IDuplexPipe.Input => _input.Reader;

    PipeWriter IDuplexPipe.Output => _output.Writer;

    public async Task<bool> TryDetachAsync(IConnectionHeir heir)
    {
        if (_transport != this)
            return false;
        // 1.
        if (!TryTurn(ReadTurn.Waiting, ReadTurn.Leaving))
            return false;
        // 2.
        if (_input.Reader.TryRead(out var unread))
        {
            _input.Reader.AdvanceTo(unread.Buffer.Start);
            if (!TryTurn(ReadTurn.Leaving, ReadTurn.Waiting))
                ReadAgain();
            return false;
        }

        // 3.
        _heir = heir;
        _allSent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _output.Reader.CancelPendingRead();
        await Task.WhenAny(_allSent.Task, _sending);
        // 4.
        await _input.Writer.CompleteAsync();
        return true;
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        // At once and without a farewell: what the kernel still holds for a peer that takes nothing is dropped.
        CloseSocket(abortively: true);
        _output.Reader.CancelPendingRead();
    }

    public override async ValueTask DisposeAsync()
    {
        await _input.Reader.CompleteAsync();
        await _output.Writer.CompleteAsync();
        await _sending;
        if (_heir is { } heir)
        {
            // 5.
            HandOver(heir);
        }
        else
        {
            CloseSocket(abortively: false);
            await _readingEnded.Task;
            _watch.Dispose();
        }

        _closed.Dispose();
        await base.DisposeAsync();
    }

    private void HandOver(IConnectionHeir heir)
    {
        if (Interlocked.CompareExchange(ref _socketGone, 1, 0) != 0)
        {
            heir.Disinherit();
            return;
        }

        heir.Inherit(Socket, _watch);
        _watch.Reader = heir;
        if (!TryTurn(ReadTurn.Leaving, ReadTurn.Left))
            heir.OnReadable();
    }

    private bool TryTurn(ReadTurn from, ReadTurn to) => Interlocked.CompareExchange(ref _turn, (int)to, (int)from) == (int)from;

    private void CloseSocket(bool abortively)
    {
        if (Interlocked.CompareExchange(ref _socketGone, 1, 0) != 0)
            return;
        if (abortively)
        {
            Socket.Close(0);
        }
        else
        {
            try
            {
                Socket.Shutdown(SocketShutdown.Both);
            }
            catch (SocketException)
            {
                // The peer was faster.
            }

            Socket.Dispose();
        }

        _cap.Release();
    }
}
