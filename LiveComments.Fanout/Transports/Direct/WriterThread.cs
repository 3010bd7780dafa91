using System.Collections.Concurrent;
using System.Net.Sockets;
using LiveComments.Fanout.Rooms;

namespace LiveComments.Fanout.Transports.Direct;

/// <summary>
/// Hot path. One thread that writes frames to the sockets of many viewers and never waits for any of them.
/// </summary>
/// <remarks>
/// 1. Others only put messages into the inbox; viewers, slices and the wheel belong to this thread.
/// 2. For a new frame it walks the room's viewers and gives each socket the frame's shared bytes, without blocking.
/// 3. A socket that takes only a part gets the rest by an asynchronous send, which completes when it is writable again;
///    until then the viewer is <see cref="ViewerState.Blocked"/> and is passed by.
/// 4. Who stays blocked too long, or falls too far behind, is closed.
/// 5. Work is done in turns of bounded length: room by room, and between them messages and heartbeats.
/// </remarks>
sealed class WriterThread : IDisposable
{
    // A turn of this many sends takes about a millisecond: what a small room waits for a big one at most.
    private const int ViewersPerTurn = 256;

    private static readonly int MaxBlockedTicks = (int)(SlowReaders.MaxLag / HeartbeatWheel.Tick);
    private static readonly byte[] Heartbeat = HttpChunk.Of(": \n\n"u8);

    private readonly TimeProvider _clock;
    private readonly ConcurrentQueue<Message> _inbox = new();
    private readonly object _sleep = new();
    private readonly ITimer _ticker;
    private readonly Thread _thread;
    private readonly HashSet<RoomSlice> _slices = [];
    private readonly Queue<RoomSlice> _busy = new();
    private readonly HashSet<DirectViewer> _blocked = [];
    private readonly int _patience;
    private readonly HeartbeatWheel _wheel;
    private int _tick;
    private int? _viewersBeforeDrain;
    private bool _drained;
    private int _awake;
    private int _viewers;
    private volatile bool _stopped;

    /// <param name="number">Tells it from others.</param>
    /// <param name="heartbeat">How long a viewer is left without a word.</param>
    /// <param name="clock">Ticks.</param>
    public WriterThread(int number, TimeSpan heartbeat, TimeProvider clock)
    {
        _clock = clock;
        _patience = (int)(heartbeat / HeartbeatWheel.Tick);
        _wheel = new HeartbeatWheel(_patience);
        _thread = new Thread(Run) { IsBackground = true, Name = $"viewers-{number}" };
        _thread.Start();
        _ticker = clock.CreateTimer(_ => Post(new Message(MessageKind.Tick, null)), null, HeartbeatWheel.Tick, HeartbeatWheel.Tick);
    }

    /// <summary>Open viewers; exact only on the thread itself.</summary>
    public int Viewers => Volatile.Read(ref _viewers);

    public void Post(Message message)
    {
        _inbox.Enqueue(message);
        if (Interlocked.Exchange(ref _awake, 1) == 0)
            Wake();
    }

    public void Dispose()
    {
        _ticker.Dispose();
        _stopped = true;
        Wake();
        _thread.Join();
    }

    /// <summary>Gives the viewer every frame that it has not got, as far as its socket takes them.</summary>
    public void CatchUp(DirectViewer viewer)
    {
        if (viewer.State == ViewerState.Blocked && viewer.Slice.LagOf(viewer) > SlowReaders.MaxLagBytes)
            Close(viewer, CloseReason.TooSlow, whole: false);
        while (viewer.State == ViewerState.Ready && viewer.At.NextIfAny is { } frame)
        {
            viewer.At = frame;
            Send(viewer, frame.Chunk);
        }

        if (viewer.State == ViewerState.Ready && viewer.At.Next.IsCanceled)
            Close(viewer, CloseReason.RoomClosed, whole: true);
    }

    private void Run()
    {
        while (!_stopped)
        {
            Volatile.Write(ref _awake, 1);
            while (_inbox.TryDequeue(out var message))
                Handle(message);
            if (TakeTurns())
                continue;
            lock (_sleep)
            {
                // Who posts after this wakes us; who posted before it has left something in the inbox.
                Interlocked.Exchange(ref _awake, 0);
                if (_inbox.IsEmpty && !_stopped)
                    Monitor.Wait(_sleep);
            }
        }
    }

    private void Wake()
    {
        lock (_sleep)
            Monitor.Pulse(_sleep);
    }

    /// <summary>One turn of a room and one of the heartbeats; true when there is more to do.</summary>
    private bool TakeTurns()
    {
        if (_busy.TryDequeue(out var slice))
        {
            slice.Queued = false;
            if (slice.TakeTurn(ViewersPerTurn))
                Enqueue(slice);
        }

        for (var count = 0; count < ViewersPerTurn && _wheel.TakeDue() is { } viewer; count++)
            SendHeartbeat(viewer);
        return _busy.Count > 0 || _wheel.HasDue;
    }

    private void Handle(Message message)
    {
        switch (message.Kind)
        {
            case MessageKind.Tick:
                OnTick();
                break;
            case MessageKind.NewFrame:
                // Or the room's end: whoever has all of it then finds that out.
                var renewed = (RoomSlice)message.Subject!;
                renewed.Renew();
                Enqueue(renewed);
                break;
            case MessageKind.Add:
                Add((DirectViewer)message.Subject!);
                break;
            case MessageKind.Gone:
                Close((DirectViewer)message.Subject!, CloseReason.Left, whole: false);
                break;
            case MessageKind.Writable:
                OnWritable((DirectViewer)message.Subject!);
                break;
            case MessageKind.Drain:
                Drain(((DrainShare)message.Subject!).Share);
                break;
            default:
                throw new InvalidOperationException($"A writer thread knows no {message.Kind}.");
        }
    }

    private void Add(DirectViewer viewer)
    {
        Volatile.Write(ref _viewers, _viewers + 1);
        viewer.LastSentTick = _tick;
        viewer.Slice.Add(viewer);
        _slices.Add(viewer.Slice);
        _wheel.Add(viewer, _tick);
        CatchUp(viewer);
        // It was on its way when the others left.
        if (_drained)
            LetGo(viewer);
    }

    private void Enqueue(RoomSlice slice)
    {
        if (slice.Queued)
            return;
        slice.Queued = true;
        _busy.Enqueue(slice);
    }

    private void Send(DirectViewer viewer, byte[] chunk)
    {
        viewer.LastSentTick = _tick;
        int sent;
        SocketError error;
        try
        {
            sent = viewer.Socket.Send(chunk, SocketFlags.None, out error);
        }
        catch (ObjectDisposedException)
        {
            // The connection was closed under us, by its owner.
            Close(viewer, CloseReason.Left, whole: false);
            return;
        }

        if (sent == chunk.Length)
            return;
        if (error is SocketError.WouldBlock or SocketError.Success)
            Block(viewer, chunk.AsMemory(sent));
        else
            Close(viewer, CloseReason.Left, whole: false);
    }

    private void Block(DirectViewer viewer, ReadOnlyMemory<byte> rest)
    {
        viewer.State = ViewerState.Blocked;
        viewer.BlockedTick = _tick;
        _blocked.Add(viewer);
        _ = SendRestAsync(viewer, rest);
    }

    private async Task SendRestAsync(DirectViewer viewer, ReadOnlyMemory<byte> rest)
    {
        var kind = MessageKind.Writable;
        try
        {
            while (!rest.IsEmpty)
                rest = rest[await viewer.Socket.SendAsync(rest, SocketFlags.None)..];
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            kind = MessageKind.Gone;
        }

        Post(new Message(kind, viewer));
    }

    private void OnWritable(DirectViewer viewer)
    {
        if (viewer.State != ViewerState.Blocked)
            return;
        viewer.State = ViewerState.Ready;
        _blocked.Remove(viewer);
        if (viewer.Ending is { } reason)
            Close(viewer, reason, whole: true);
        else if (viewer.At.NextIfAny is { } next && _clock.GetElapsedTime(next.CreatedAt) > SlowReaders.MaxLag)
            Close(viewer, CloseReason.TooSlow, whole: true);
        else
            CatchUp(viewer);
    }

    private void SendHeartbeat(DirectViewer viewer)
    {
        if (viewer.State == ViewerState.Closed)
            return;
        if (viewer.State == ViewerState.Ready && _tick - viewer.LastSentTick >= _patience)
            Send(viewer, Heartbeat);
        if (viewer.State != ViewerState.Closed)
            _wheel.Add(viewer, _tick);
    }

    private void OnTick()
    {
        _tick++;
        _wheel.Turn(_tick);
        if (_blocked.Count == 0)
            return;
        foreach (var viewer in _blocked.Where(viewer => _tick - viewer.BlockedTick > MaxBlockedTicks).ToList())
            Close(viewer, CloseReason.TooSlow, whole: false);
    }

    private void Drain(double share)
    {
        var before = _viewersBeforeDrain ??= _viewers;
        _drained = share >= 1;
        var mayStay = _drained ? 0 : (int)(before * (1 - share));
        // Those who are still being told have their turn behind them.
        var leave = Math.Max(0, _viewers - _blocked.Count(viewer => viewer.Ending is not null) - mayStay);
        foreach (var viewer in _slices.SelectMany(slice => slice.Some(leave)).Take(leave).ToList())
            LetGo(viewer);
    }

    private void LetGo(DirectViewer viewer)
    {
        if (viewer.State == ViewerState.Ready)
            Close(viewer, CloseReason.Shutdown, whole: true);
        else
            viewer.Ending = CloseReason.Shutdown;
    }

    private void Close(DirectViewer viewer, CloseReason reason, bool whole)
    {
        if (viewer.State == ViewerState.Closed)
            return;
        if (viewer.State == ViewerState.Blocked)
            _blocked.Remove(viewer);
        viewer.State = ViewerState.Closed;
        Volatile.Write(ref _viewers, _viewers - 1);
        viewer.Slice.Closed();
        if (viewer.Slice.Count == 0)
            _slices.Remove(viewer.Slice);
        viewer.OnClosed(reason, whole);
    }

    /// <summary>What others tell a writer thread.</summary>
    public readonly record struct Message(MessageKind Kind, object? Subject);

    /// <summary>With <see cref="MessageKind.Drain"/>: which share of its viewers must have left.</summary>
    public sealed record DrainShare(double Share);

    public enum MessageKind
    {
        Tick,
        NewFrame,
        Add,
        Gone,
        Writable,
        Drain,
    }
}
