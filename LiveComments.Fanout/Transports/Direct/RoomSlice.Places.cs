namespace LiveComments.Fanout.Transports.Direct;

/// <summary>The viewers in step. A walk reads descriptors one after another, and no object of a viewer's.</summary>
sealed partial class RoomSlice
{
    private const int FewestPlaces = 4;

    private int[] _descriptors = [];
    private DirectViewer[] _viewers = [];
    private int _count;

    // Places below this one have everything up to _target, the others up to _behind.
    private int _done;
    private byte[] _bytes = [];
    private bool _careful;

    /// <summary>The next viewers of a walk.</summary>
    private void GoOn(int viewers)
    {
        var end = _done + viewers;
        while (_done < Math.Min(end, _count))
        {
            if (!_careful)
                SendToMany(Math.Min(end, _count));
            if (_done == Math.Min(end, _count))
                return;
            var viewer = _viewers[_done];
            if (Writer.TrySend(viewer, _careful ? ChunkOf(_target, viewer) : _bytes, _sentToNext))
                Passed(viewer);
            else if (viewer.State == ViewerState.Blocked)
                Blocked(viewer);
            _sentToNext = 0;
        }
    }

    private void Passed(DirectViewer viewer)
    {
        // Who leaves here has their place taken by one who has not got it yet.
        if (_careful && _target.DismissalOf(viewer.Who?.User) is not null)
            Writer.Close(viewer, CloseReason.Banned, whole: true);
        else
            _done++;
    }

    private void Blocked(DirectViewer viewer)
    {
        viewer.At = _target;
        if (_careful && _target.DismissalOf(viewer.Who?.User) is not null)
            viewer.Ending = CloseReason.Banned;
    }

    // Of the viewer at whom SendToMany stopped.
    private int _sentToNext;

    /// <summary>One system call a viewer, up to the first whose socket doesn't take everything.</summary>
    private unsafe void SendToMany(int end)
    {
        var (descriptors, length, place) = (_descriptors, _bytes.Length, _done);
        nint sent = 0;
        fixed (byte* bytes = _bytes)
        {
            for (; place < end && descriptors[place] is not DirectSend.NoDescriptor and var descriptor; place++)
            {
                sent = DirectSend.Send(descriptor, bytes, length);
                if (sent != length)
                    break;
            }
        }

        _sentToNext = place < end && sent > 0 && sent != length ? (int)sent : 0;
        _done = place;
    }

    private void Place(DirectViewer viewer)
    {
        if (_count == _viewers.Length)
            Resize(Math.Max(FewestPlaces, _count * 2));
        Put(viewer, _count++);
        viewer.At = null;
    }

    private void Vacate(DirectViewer viewer)
    {
        var place = viewer.Place;
        viewer.Place = DirectViewer.NoPlace;
        if (place < _done)
        {
            _done--;
            Move(_done, place);
            place = _done;
        }

        _count--;
        Move(_count, place);
        _viewers[_count] = null!;
        // After a wave of viewers the arrays would stay as long as the wave.
        if (_count < _viewers.Length / 4 && _count >= FewestPlaces)
            Resize(_viewers.Length / 2);
    }

    private void Move(int from, int to)
    {
        if (from != to)
            Put(_viewers[from], to);
    }

    private void Put(DirectViewer viewer, int place)
    {
        (_viewers[place], _descriptors[place]) = (viewer, viewer.Descriptor);
        viewer.Place = place;
    }

    private void Resize(int places)
    {
        Array.Resize(ref _viewers, places);
        Array.Resize(ref _descriptors, places);
    }
}
