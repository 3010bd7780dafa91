using System.Collections.Concurrent;
using System.Net.Sockets;
using LiveComments.Gateway.Relay.Trunks;
using LiveComments.ServiceDefaults.Trunks;

namespace LiveComments.Gateway.Relay;

/// <summary>
/// Hot path. One thread that passes on what nodes send, as it comes, to the sockets of many viewers, and never waits for any of them.
/// </summary>
/// <remarks>
/// 1. Others only put messages into the inbox. A relay, its state, and closing the connection to its node belong to this thread.
/// 2. A frame costs one receive into a buffer that all share, and one send. It isn't looked at, but for its last bytes: node and viewer agree on what it means.
/// 3. A viewer that takes only a part gets the rest by an asynchronous send; nothing more is read from its node until then, so that
///    the node's own bound on slow viewers holds, and here never lies more than a buffer's fill for each.
/// 4. When a node closes, its viewer gets what was sent, and then the end. A node that breaks, or is silent for too long, breaks the viewer's
///    connection, too. When the gateway stops, who has got whole events is told when to come back.
/// 5. What comes for many viewers over one connection goes another way: see <c>RelayThread.Trunks.cs</c>.
/// 6. An event is told once. So a relay that took only a part of what there is is either blocked, or in the queue of unfinished ones.
/// </remarks>
sealed partial class RelayThread : IDisposable
{
    /// <summary>A dozen frames: whoever has more to get waits for its next turn.</summary>
    private const int BufferBytes = 16 * 1024;

    // So many buffers' fill, then it is the others' turn.
    private const int ReceivesATurn = 4;

    // How exact the time-out is, and how often silence is looked for.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private const int SilenceCheckTicks = 8;

    // At shutdown viewers go in slices, so that they don't all come back at once: within this, but no slower than that.
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(10);
    private const int MinDrainPerTick = 500;

    private readonly Epoll _epoll = new();
    private readonly ConcurrentDictionary<long, NodeConnection> _connections = [];
    private readonly Dictionary<long, Relay> _relays = [];
    private readonly ConcurrentQueue<Message> _inbox = new();
    private readonly Queue<Relay> _unfinished = new();
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly RelayMetrics _metrics;
    private readonly ILogger _logger;
    private readonly int _patienceTicks;
    private readonly ITimer _ticker;
    private readonly Thread _thread;
    private int _tick;
    private int _drainPerTick;
    private int _awake = 1;
    private volatile bool _stopped;

    /// <param name="number">Tells it from others.</param>
    /// <param name="patience">A relay that passes nothing on for this long is ended.</param>
    /// <param name="clock">Ticks.</param>
    /// <param name="metrics">Counts trunks.</param>
    /// <param name="logger">Told why trunks ended.</param>
    public RelayThread(int number, TimeSpan patience, TimeProvider clock, RelayMetrics metrics, ILogger logger)
    {
        (_metrics, _logger) = (metrics, logger);
        _patienceTicks = (int)(patience / Tick);
        _thread = new Thread(Run) { IsBackground = true, Name = $"relay-{number}" };
        _thread.Start();
        _ticker = clock.CreateTimer(_ => Post(new Message(MessageKind.Tick, null)), null, Tick, Tick);
    }

    /// <summary>From now on the connection is told what its socket is ready for.</summary>
    public NodeConnection Watch(long id, Socket socket)
    {
        var connection = new NodeConnection(id, socket, this);
        _connections[id] = connection;
        try
        {
            _epoll.Add(socket, id);
        }
        catch
        {
            Forget(connection);
            throw;
        }

        return connection;
    }

    /// <summary>The connection is about to be closed.</summary>
    public void Forget(NodeConnection connection) => _connections.TryRemove(connection.Id, out _);

    /// <summary>The passage is this thread's from here on, until it has ended.</summary>
    public void Start(Passage passage) => Post(new Message(MessageKind.Start, passage));

    /// <summary>The viewer went away, or its connection broke.</summary>
    public void ViewerLeft(Passage passage) => Post(new Message(MessageKind.ViewerLeft, passage));

    /// <summary>Ends all relays, bit by bit.</summary>
    public void Drain() => Post(new Message(MessageKind.Drain, null));

    public void Dispose()
    {
        _ticker.Dispose();
        _stopped = true;
        _epoll.Wake();
        _thread.Join();
        foreach (var relay in _relays.Values)
            End(relay, RelayEnd.Shutdown);
        foreach (var stream in Streams)
            Dismiss(stream);
        foreach (var stream in _leaving)
            Leave(stream, RelayEnd.Shutdown);
        foreach (var line in _lines.Values)
            line.From.CloseSocket();
        _epoll.Dispose();
    }

    private void Post(Message message)
    {
        _inbox.Enqueue(message);
        if (Interlocked.Exchange(ref _awake, 1) == 0)
            _epoll.Wake();
    }

    private void Run()
    {
        while (!_stopped)
        {
            // Who posts after this wakes us; who posted before it has left something in the inbox.
            Interlocked.Exchange(ref _awake, 0);
            var count = _epoll.Wait(forEver: _inbox.IsEmpty && _unfinished.Count == 0 && _unfinishedLines.Count == 0 && !_stopped);
            Volatile.Write(ref _awake, 1);
            while (_inbox.TryDequeue(out var message))
                Handle(message);
            for (var index = 0; index < count; index++)
            {
                if (_epoll.Event(index, out var id, out var readiness))
                    OnReady(id, readiness);
            }

            for (var left = _unfinished.Count; left > 0; left--)
                Pass(_unfinished.Dequeue());
            for (var left = _unfinishedLines.Count; left > 0; left--)
            {
                var line = _unfinishedLines.Dequeue();
                line.IsQueued = false;
                Pass(line);
            }

            SayAll();
        }
    }

    private void Handle(Message message)
    {
        switch (message.Kind)
        {
            case MessageKind.Tick:
                OnTick();
                break;
            case MessageKind.Start:
                if (message.Subject is Relay begun)
                    Begin(begun);
                else
                    Begin((TrunkStream)message.Subject!);
                break;
            case MessageKind.ViewerLeft:
                if (message.Subject is Relay left)
                    End(left, RelayEnd.ViewerLeft);
                else
                    Leave((TrunkStream)message.Subject!, RelayEnd.ViewerLeft);
                break;
            case MessageKind.Writable:
                if (message.Subject is Relay writable)
                    OnWritable(writable);
                else
                    OnWritable((TrunkStream)message.Subject!, message.Bytes);
                break;
            case MessageKind.StartLine:
                Begin((TrunkLine)message.Subject!);
                break;
            case MessageKind.GiveUp:
                var (line, number) = ((TrunkLine, uint))message.Subject!;
                Say(line, new GatewayRecord(GatewayRecordKind.Gone, number, 0));
                break;
            case MessageKind.Drain:
                _drainPerTick = Math.Max(MinDrainPerTick, (int)Math.Ceiling((_relays.Count + Streams.Count()) / (DrainTime / Tick)));
                EndSome();
                break;
            default:
                throw new InvalidOperationException($"A relay thread knows no {message.Kind}.");
        }
    }

    private void OnTick()
    {
        _tick++;
        if (_drainPerTick > 0)
            EndSome();
        if (_tick % SilenceCheckTicks != 0)
            return;
        foreach (var relay in _relays.Values)
        {
            // A dictionary may lose entries while it is walked through.
            if (_tick - relay.ActiveTick > _patienceTicks)
                End(relay, RelayEnd.Silent);
        }

        EndSilent(_tick - _patienceTicks);
    }

    private void EndSome()
    {
        var most = _drainPerTick;
        foreach (var relay in _relays.Values.Take(most))
        {
            End(relay, RelayEnd.Shutdown);
            most--;
        }

        foreach (var stream in Streams.Take(most).ToList())
            Dismiss(stream);
    }

    /// <param name="Kind">What it is.</param>
    /// <param name="Subject">What it is about.</param>
    /// <param name="Bytes">With <see cref="MessageKind.Writable"/>: how many were sent.</param>
    private readonly record struct Message(MessageKind Kind, object? Subject, int Bytes = 0);

    private enum MessageKind
    {
        Tick,
        Start,
        ViewerLeft,
        Writable,
        StartLine,
        GiveUp,
        Drain,
    }
}
