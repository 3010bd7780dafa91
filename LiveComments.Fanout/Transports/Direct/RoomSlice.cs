using LiveComments.Fanout.Rooms;

namespace LiveComments.Fanout.Transports.Direct;

/// <summary>Those viewers of one room whom one writer thread serves. It belongs to that thread.</summary>
sealed class RoomSlice(WriterThread writer)
{
    // Closed viewers are left out when the next frame is sent; in a quiet room, when they are as many as the others.
    private const int FewClosed = 64;

    private readonly List<DirectViewer> _viewers = [];
    private int _closed;
    private int _next;
    private bool _again;
    private bool _walking;
    private Frame? _newest;

    public WriterThread Writer { get; } = writer;

    /// <summary>True while it waits for its turn.</summary>
    public bool Queued { get; set; }

    /// <summary>Open viewers.</summary>
    public int Count => _viewers.Count - _closed;

    public void Add(DirectViewer viewer)
    {
        _viewers.Add(viewer);
        if (_newest is null || _newest.Number < viewer.At.Number)
            _newest = viewer.At;
    }

    /// <summary>How many bytes of the room the viewer has not been given.</summary>
    public long LagOf(DirectViewer viewer)
    {
        while (_newest!.NextIfAny is { } next)
            _newest = next;
        return _newest.BytesBefore - viewer.At.BytesBefore;
    }

    /// <summary>There is something new in the room.</summary>
    public void Renew() => _again = true;

    /// <summary>
    /// Brings the next viewers up to the room's newest frame. A big room takes several turns, so that small ones need not
    /// wait for it. True when there is more to do.
    /// </summary>
    public bool TakeTurn(int viewers)
    {
        _walking = true;
        if (_next == 0)
            _again = false;
        for (; viewers > 0 && _next < _viewers.Count; viewers--)
        {
            var viewer = _viewers[_next];
            if (viewer.State == ViewerState.Closed)
            {
                // The last one takes its place, and has not had its turn yet.
                _viewers[_next] = _viewers[^1];
                _viewers.RemoveAt(_viewers.Count - 1);
                _closed--;
                continue;
            }

            Writer.CatchUp(viewer);
            _next++;
        }

        _walking = false;
        if (_next < _viewers.Count)
            return true;
        _next = 0;
        return _again;
    }

    public void Closed()
    {
        _closed++;
        if (_walking || _next > 0 || _closed < FewClosed || _closed < Count)
            return;
        _viewers.RemoveAll(viewer => viewer.State == ViewerState.Closed);
        _closed = 0;
    }

    /// <summary>Some open viewers, at most <paramref name="count"/>, that are not about to end already.</summary>
    public List<DirectViewer> Some(int count) =>
        [.. _viewers.Where(viewer => viewer is { State: not ViewerState.Closed, Ending: null }).Take(count)];
}
