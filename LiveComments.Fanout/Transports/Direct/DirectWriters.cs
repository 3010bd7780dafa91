using LiveComments.Fanout.Draining;
using LiveComments.Fanout.Rooms;
using LiveComments.Fanout.Transports.Trunks;
using Microsoft.Extensions.Options;
using static LiveComments.Fanout.Transports.Direct.WriterThread;

namespace LiveComments.Fanout.Transports.Direct;

/// <summary>The writer threads of this node, and which viewers each of them serves.</summary>
sealed class DirectWriters : IDisposable
{
    // A writer thread works at the kernel's pace and keeps a core busy; one core is left to everything else.
    private const int OtherWorkCores = 1;

    // More than this many threads are limited by the network before they are by the processor.
    private const int MaxThreads = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<Room, Slices> _rooms = [];
    private readonly WriterThread[] _threads;
    private uint _turn;

    public DirectWriters(IOptions<LiveOptions> options, DeliveryLatency latency, TimeProvider clock, Drain drain)
    {
        var count = Math.Clamp(Environment.ProcessorCount - OtherWorkCores, 1, MaxThreads);
        _threads = [.. Enumerable.Range(0, count).Select(number => new WriterThread(number, options.Value.Heartbeat, latency, clock))];
        drain.OnShare(share => PostToAll(new Message(MessageKind.Drain, new DrainShare(share))));
    }

    /// <summary>From here on the viewer, who has all of the room up to <see cref="DirectViewer.At"/>, belongs to a writer thread.</summary>
    /// <param name="viewer">Unknown to any thread so far.</param>
    /// <param name="room">Where it is.</param>
    /// <param name="trunk">Over which it is reached; null when it has a socket.</param>
    public void Add(DirectViewer viewer, Room room, Trunk? trunk = null)
    {
        var isNew = false;
        lock (_lock)
        {
            if (!_rooms.TryGetValue(room, out var slices))
            {
                _rooms[room] = slices = new Slices([.. _threads.Select(thread => new RoomSlice(thread, room, viewer.At!))]);
                _ = WatchAsync(room, slices, viewer.At!);
            }

            viewer.Slice = trunk is null ? slices.Own[(int)(Interlocked.Increment(ref _turn) % (uint)slices.Own.Count)] : slices.Over(trunk, room, viewer.At!, out isNew);
        }

        viewer.Slice.Writer.Post(new Message(MessageKind.Add, viewer));
        // There may have been a newer frame already, of which this slice was not told.
        if (isNew)
            viewer.Slice.Writer.Post(new Message(MessageKind.NewFrame, viewer.Slice));
    }

    /// <summary>For a trunk, which stays with one thread.</summary>
    public WriterThread NextThread() => _threads[Interlocked.Increment(ref _turn) % (uint)_threads.Length];

    /// <summary>Nobody will come over that trunk any more.</summary>
    public void Forget(Trunk trunk)
    {
        lock (_lock)
        {
            foreach (var slices in _rooms.Values)
                slices.Forget(trunk);
        }
    }

    /// <summary>The viewer went away, or its connection broke.</summary>
    public static void Gone(DirectViewer viewer) => viewer.Slice.Writer.Post(new Message(MessageKind.Gone, viewer));

    public void Dispose()
    {
        foreach (var thread in _threads)
            thread.Dispose();
    }

    /// <summary>Tells the writer threads of each new frame, and of the end; one wait a room, however many its viewers.</summary>
    private async Task WatchAsync(Room room, Slices slices, Frame at)
    {
        for (var ended = false; !ended;)
        {
            try
            {
                at = await at.Next;
            }
            catch (OperationCanceledException)
            {
                lock (_lock)
                    _rooms.Remove(room);
                ended = true;
            }

            foreach (var slice in slices.All)
                slice.Writer.Post(new Message(MessageKind.NewFrame, slice));
        }
    }

    private void PostToAll(Message message)
    {
        foreach (var thread in _threads)
            thread.Post(message);
    }

    /// <summary>Of one room: one a thread, and one a trunk over which somebody watches. Changed under the lock, read by anybody.</summary>
    private sealed class Slices
    {
        private volatile IReadOnlyList<RoomSlice> _all;

        public Slices(IReadOnlyList<RoomSlice> own) => _all = Own = own;

        public IReadOnlyList<RoomSlice> Own { get; }

        public IReadOnlyList<RoomSlice> All => _all;

        public RoomSlice Over(Trunk trunk, Room room, Frame at, out bool isNew)
        {
            var slice = _all.FirstOrDefault(slice => slice.Trunk == trunk);
            isNew = slice is null;
            if (slice is not null)
                return slice;
            slice = new RoomSlice(trunk.Writer, room, at, trunk);
            _all = [.. _all, slice];
            return slice;
        }

        public void Forget(Trunk trunk) => _all = [.. _all.Where(slice => slice.Trunk != trunk)];
    }
}
