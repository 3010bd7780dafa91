using LiveComments.Fanout.Draining;
using LiveComments.Fanout.Rooms;
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
    private readonly Dictionary<Room, RoomSlice[]> _rooms = [];
    private readonly WriterThread[] _threads;
    private uint _turn;

    public DirectWriters(IOptions<LiveOptions> options, DeliveryLatency latency, TimeProvider clock, Drain drain)
    {
        var count = Math.Clamp(Environment.ProcessorCount - OtherWorkCores, 1, MaxThreads);
        _threads = [.. Enumerable.Range(0, count).Select(number => new WriterThread(number, options.Value.Heartbeat, latency, clock))];
        drain.OnShare(share => PostToAll(new Message(MessageKind.Drain, new DrainShare(share))));
    }

    /// <summary>From here on the viewer, who has all of the room up to <see cref="DirectViewer.At"/>, belongs to a writer thread.</summary>
    public void Add(DirectViewer viewer, Room room)
    {
        RoomSlice[]? slices;
        lock (_lock)
        {
            if (!_rooms.TryGetValue(room, out slices))
            {
                _rooms[room] = slices = [.. _threads.Select(thread => new RoomSlice(thread, room, viewer.At!))];
                _ = WatchAsync(room, slices, viewer.At!);
            }
        }

        viewer.Slice = slices[Interlocked.Increment(ref _turn) % (uint)slices.Length];
        viewer.Slice.Writer.Post(new Message(MessageKind.Add, viewer));
    }

    /// <summary>The viewer went away, or its connection broke.</summary>
    public static void Gone(DirectViewer viewer) => viewer.Slice.Writer.Post(new Message(MessageKind.Gone, viewer));

    public void Dispose()
    {
        foreach (var thread in _threads)
            thread.Dispose();
    }

    /// <summary>Tells the writer threads of each new frame, and of the end; one wait a room, however many its viewers.</summary>
    private async Task WatchAsync(Room room, RoomSlice[] slices, Frame at)
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

            foreach (var slice in slices)
                slice.Writer.Post(new Message(MessageKind.NewFrame, slice));
        }
    }

    private void PostToAll(Message message)
    {
        foreach (var thread in _threads)
            thread.Post(message);
    }
}
