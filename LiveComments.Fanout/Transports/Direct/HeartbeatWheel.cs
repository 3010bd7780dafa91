namespace LiveComments.Fanout.Transports.Direct;

/// <summary>
/// Tells which viewers may need a sign of life. Each lies in the slot of the tick at which it will, unless it is sent
/// something before: sending moves nobody, who was sent something is only put further on when its slot comes.
/// </summary>
sealed class HeartbeatWheel(int patience)
{
    /// <summary>How exact heartbeats and time-outs are, and how often a writer thread wakes in silence.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    // An array of this many is not worth giving back.
    private const int FewViewers = 1_024;

    private readonly List<DirectViewer>[] _slots = [.. Enumerable.Range(0, patience + 1).Select(_ => new List<DirectViewer>())];
    private readonly List<DirectViewer> _due = [];

    /// <param name="viewer">Not in it.</param>
    /// <param name="lastSent">The tick at which the viewer was sent something.</param>
    /// <param name="now">The tick.</param>
    public void Add(DirectViewer viewer, int lastSent, int now) =>
        _slots[Math.Max(lastSent + patience, now + 1) % _slots.Length].Add(viewer);

    /// <summary>The slot of this tick becomes due.</summary>
    public void Turn(int now)
    {
        var slot = _slots[now % _slots.Length];
        _due.AddRange(slot);
        slot.Clear();
        // After a wave of viewers the arrays would stay as long as the wave.
        if (slot.Capacity > FewViewers)
            slot.Capacity = 0;
    }

    /// <summary>One of those whose slot came; null when there is none.</summary>
    public DirectViewer? TakeDue()
    {
        if (_due.Count == 0)
            return null;
        var viewer = _due[^1];
        _due.RemoveAt(_due.Count - 1);
        return viewer;
    }

    public bool HasDue => _due.Count > 0;
}
