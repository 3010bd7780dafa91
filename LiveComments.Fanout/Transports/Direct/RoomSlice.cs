using LiveComments.Fanout.Rooms;
using LiveComments.Fanout.Transports.Trunks;

namespace LiveComments.Fanout.Transports.Direct;

/// <summary>Hot path. Those viewers of one room whom one writer thread serves: with sockets of their own, or over one trunk. It belongs to that thread.</summary>
/// <remarks>
/// 1. Nearly all viewers have got the same, up to the same frame: they have places in an array and are in step.
/// 2. A walk brings all of them to a newer frame, in turns. Where several frames have come since the last, they are one send.
/// 3. Who can't take all of it leaves its place, and comes back when it has caught up by itself.
/// 4. Who comes during a walk, or from a newer frame than the last one's, waits apart until there is no difference.
/// 5. A trunk that takes no more delays its own viewers alone, and all of them alike: they stay in step, and what comes meanwhile is one send.
/// </remarks>
sealed partial class RoomSlice(WriterThread writer, Room room, Frame at, Trunk? trunk = null)
{
    private readonly List<DirectViewer> _apart = [];
    private Frame _behind = at;
    private Frame _target = at;
    private DateTimeOffset _soonestExpiry = DateTimeOffset.MaxValue;
    private int _walkTick;
    private bool _walks;
    private bool _waited;

    public WriterThread Writer { get; } = writer;

    /// <summary>Over which all of them are reached; null for who has a socket.</summary>
    public Trunk? Trunk { get; } = trunk;

    /// <summary>True while it waits for its turn.</summary>
    public bool Queued { get; set; }

    /// <summary>Open viewers, those among them who have no place.</summary>
    public int Open { get; set; }

    /// <summary>
    /// Brings the next viewers up to the room's newest frame. A big room takes several turns, so that small ones need not
    /// wait for it. True when there is more to do.
    /// </summary>
    public bool TakeTurn(int viewers)
    {
        if (Trunk?.MustWait(this) == true)
        {
            _waited = true;
            return false;
        }

        if (_walks || TryBegin())
        {
            GoOn(viewers);
            if (_done < _count)
                return true;
            End();
            return _target.NextIfAny is not null || (_target.Next.IsCanceled && _count > 0);
        }

        if (!_target.Next.IsCanceled)
            return false;
        CloseSome(viewers, CloseReason.RoomClosed);
        CatchUpApart();
        return _count > 0;
    }

    /// <summary>
    /// Takes the viewer in, if it has got what the others here have; not during a walk, so that places are in the order of
    /// arrival, and those who are there don't wait for those who come.
    /// </summary>
    public bool TryEnter(DirectViewer viewer)
    {
        if (_walks || viewer.At != _target)
            return false;
        Place(viewer);
        if (viewer.Who is { } who && who.ValidUntil < _soonestExpiry)
            _soonestExpiry = who.ValidUntil;
        return true;
    }

    /// <summary>The viewer has everything of the room, as the others here will: it is asked again after the walk.</summary>
    public void WaitApart(DirectViewer viewer) => _apart.Add(viewer);

    /// <summary>The viewer is in step no more, nor waits for it.</summary>
    public void Leave(DirectViewer viewer)
    {
        if (viewer.Place == DirectViewer.NoPlace)
        {
            _apart.Remove(viewer);
            return;
        }

        viewer.At = viewer.Place < _done ? _target : _behind;
        viewer.LastSentTick = LastSentTickOf(viewer);
        Vacate(viewer);
    }

    public int LastSentTickOf(DirectViewer viewer) =>
        viewer.Place == DirectViewer.NoPlace ? viewer.LastSentTick : Math.Max(viewer.LastSentTick, _walkTick);

    /// <summary>How many bytes of the room the viewer has not been given.</summary>
    public long LagOf(DirectViewer viewer) => _target.BytesBefore - viewer.At!.BytesBefore;

    /// <summary>What this viewer is sent for a frame.</summary>
    public byte[] ChunkOf(Frame frame, DirectViewer viewer) =>
        !frame.IsForEverybody && viewer.Who?.User is { } user && frame.Concerns(user)
            ? HttpChunk.Of(SseEncoding.Encode(Walk.Own(room, frame, frame.PreviousSequence, user)).Span)
            : frame.Chunk;

    /// <summary>Closes viewers whose sockets take more, at most so many. Returns how many.</summary>
    public int CloseSome(int most, CloseReason reason)
    {
        var closed = 0;
        for (; closed < most && _count > 0; closed++)
            Writer.Close(_viewers[_count - 1], reason, whole: true);
        for (; closed < most && _apart.Count > 0; closed++)
            Writer.Close(_apart[^1], reason, whole: true);
        return closed;
    }

    private bool TryBegin()
    {
        if (_target.NextIfAny is not { } first)
            return false;
        if (_count == 0)
        {
            while (_target.NextIfAny is { } next)
                _target = next;
            _behind = _target;
            CatchUpApart();
            return false;
        }

        Writer.Latency.Begins(first);
        // It takes something now and then, but never catches up: its viewers are slow readers all together.
        if (_waited && Writer.Clock.GetElapsedTime(first.CreatedAt) > SlowReaders.MaxLag)
            Trunk!.LoseSoon(TrunkEnd.TooSlow);
        _waited = false;
        (_target, _bytes) = WalkBytes.From(first);
        _careful = !_target.IsForEverybody;
        // Of a frame that is for somebody alone the others get nothing, and need a sign of life all the same.
        if (_bytes.Length > 0)
            _walkTick = Writer.Now;
        _walks = true;
        return true;
    }

    private void End()
    {
        _walks = false;
        if (_count > 0)
            Writer.Latency.Delivered(_behind, _target, _count);
        (_behind, _done, _bytes) = (_target, 0, []);
        if (_soonestExpiry != DateTimeOffset.MaxValue)
            CloseExpired(Writer.Clock.GetUtcNow());
        CatchUpApart();
    }

    private void CloseExpired(DateTimeOffset now)
    {
        if (now < _soonestExpiry)
            return;
        _soonestExpiry = DateTimeOffset.MaxValue;
        // Downwards: whoever takes a place that is left has been looked at.
        for (var place = _count - 1; place >= 0; place--)
        {
            if (_viewers[place] is not { Who.ValidUntil: var until } viewer)
                continue;
            if (until <= now)
                Writer.CloseExpired(viewer);
            else if (until < _soonestExpiry)
                _soonestExpiry = until;
        }
    }

    private void CatchUpApart()
    {
        if (_apart.Count == 0)
            return;
        DirectViewer[] waiting = [.. _apart];
        _apart.Clear();
        foreach (var viewer in waiting)
            Writer.CatchUp(viewer);
    }
}
