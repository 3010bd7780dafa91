using System.Collections.Concurrent;
using LiveComments.Fanout.Rooms;
using LiveComments.Fanout.Transports.Trunks;

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
/// 5. Who is reached over a trunk has a room's slice together with the others of that trunk; what was put on trunks leaves after each turn.
/// 6. Work is done in turns of bounded length: room by room, and between them messages and heartbeats.
/// </remarks>
sealed partial class WriterThread : IDisposable
{
    // A turn of this many sends takes about a millisecond: what a small room waits for a big one at most.
    private const int ViewersPerTurn = 256;

    private readonly ConcurrentQueue<Message> _inbox = new();
    private readonly object _sleep = new();
    private readonly ITimer _ticker;
    private readonly Thread _thread;
    private readonly HashSet<RoomSlice> _slices = [];
    private readonly Queue<RoomSlice> _busy = new();
    private readonly HashSet<DirectViewer> _blocked = [];
    private readonly List<Trunk> _toFlush = [];
    private readonly HashSet<Trunk> _stuck = [];
    private readonly int _patience;
    private readonly HeartbeatWheel _wheel;
    private int? _viewersBeforeDrain;
    private bool _drained;
    private int _awake;
    private int _viewers;
    private bool _ended;
    private volatile bool _stopped;

    /// <param name="number">Tells it from others.</param>
    /// <param name="heartbeat">How long a viewer is left without a word.</param>
    /// <param name="latency">What deliveries are measured by.</param>
    /// <param name="clock">Ticks.</param>
    public WriterThread(int number, TimeSpan heartbeat, DeliveryLatency latency, TimeProvider clock)
    {
        (Latency, Clock) = (latency, clock);
        _patience = (int)(heartbeat / HeartbeatWheel.Tick);
        _wheel = new HeartbeatWheel(_patience);
        _thread = new Thread(Run) { IsBackground = true, Name = $"viewers-{number}" };
        _thread.Start();
        _ticker = clock.CreateTimer(_ => Post(new Message(MessageKind.Tick, null)), null, HeartbeatWheel.Tick, HeartbeatWheel.Tick);
    }

    public DeliveryLatency Latency { get; }

    public TimeProvider Clock { get; }

    /// <summary>In ticks; to be asked on the thread itself.</summary>
    public int Now { get; private set; }

    /// <summary>Open viewers; exact only on the thread itself.</summary>
    public int Viewers => Volatile.Read(ref _viewers);

    public void Post(Message message)
    {
        _inbox.Enqueue(message);
        if (Interlocked.Exchange(ref _awake, 1) == 0)
            Wake();
    }

    /// <summary>Has something done on this thread.</summary>
    public void Call(Action work) => Post(new Message(MessageKind.Call, work));

    /// <summary>Closes whoever is left: a drain has told them before, or there is no time for that.</summary>
    public void Dispose()
    {
        _ticker.Dispose();
        _stopped = true;
        Wake();
        _thread.Join();
    }

    private void Run()
    {
        while (!_stopped)
        {
            Volatile.Write(ref _awake, 1);
            while (_inbox.TryDequeue(out var message))
                Handle(message);
            var busy = TakeTurns();
            FlushTrunks();
            if (busy)
                continue;
            lock (_sleep)
            {
                // Who posts after this wakes us; who posted before it has left something in the inbox.
                Interlocked.Exchange(ref _awake, 0);
                if (_inbox.IsEmpty && !_stopped)
                    Monitor.Wait(_sleep);
            }
        }

        lock (_sleep)
        {
            Interlocked.Exchange(ref _awake, 0);
            _ended = true;
            CloseAll();
        }
    }

    private void Wake()
    {
        lock (_sleep)
        {
            if (_ended)
            {
                Interlocked.Exchange(ref _awake, 0);
                CloseAll();
            }
            else
            {
                Monitor.Pulse(_sleep);
            }
        }
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
                Enqueue((RoomSlice)message.Subject!);
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
            case MessageKind.Call:
                ((Action)message.Subject!)();
                break;
            default:
                throw new InvalidOperationException($"A writer thread knows no {message.Kind}.");
        }
    }

    private void Add(DirectViewer viewer)
    {
        Volatile.Write(ref _viewers, _viewers + 1);
        viewer.LastSentTick = Now;
        viewer.Slice.Open++;
        _slices.Add(viewer.Slice);
        _wheel.Add(viewer, Now, Now);
        if (!viewer.TryBegin())
        {
            Close(viewer, CloseReason.Left, whole: false);
            return;
        }

        CatchUp(viewer);
        // It was on its way when the others left.
        if (_drained)
            LetGo(viewer);
    }

    /// <summary>The slice has something to do.</summary>
    public void Enqueue(RoomSlice slice)
    {
        if (slice.Queued)
            return;
        slice.Queued = true;
        _busy.Enqueue(slice);
    }

    private void OnTick()
    {
        Now++;
        _wheel.Turn(Now);
        CloseSlow();
        GiveUpStuckTrunks();
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

        /// <summary>Something that is none of the others, to be done on this thread.</summary>
        Call,
    }
}
