namespace LiveComments.Fanout.Transports.Direct;

/// <summary>How viewers are closed, by whatever cause.</summary>
sealed partial class WriterThread
{
    private static readonly int MaxBlockedTicks = (int)(SlowReaders.MaxLag / HeartbeatWheel.Tick);

    public void Close(DirectViewer viewer, CloseReason reason, bool whole)
    {
        if (viewer.State == ViewerState.Closed)
            return;
        if (viewer.State == ViewerState.Blocked)
            _blocked.Remove(viewer);
        else
            viewer.Slice.Leave(viewer);
        viewer.State = ViewerState.Closed;
        viewer.At = null;
        Volatile.Write(ref _viewers, _viewers - 1);
        if (--viewer.Slice.Open == 0)
            _slices.Remove(viewer.Slice);
        viewer.Close(reason, whole);
    }

    /// <summary>The viewer's token is no longer good: it is told so, and then its stream ends.</summary>
    public void CloseExpired(DirectViewer viewer)
    {
        if (TrySend(viewer, Expired))
            Close(viewer, CloseReason.Expired, whole: true);
        else
            viewer.Ending = CloseReason.Expired;
    }

    private void CloseSlow()
    {
        if (_blocked.Count == 0)
            return;
        foreach (var viewer in _blocked.Where(IsTooSlow).ToList())
            Close(viewer, CloseReason.TooSlow, whole: false);
    }

    private bool IsTooSlow(DirectViewer viewer) =>
        Now - viewer.BlockedTick > MaxBlockedTicks || viewer.Slice.LagOf(viewer) > SlowReaders.MaxLagBytes;

    private void Drain(double share)
    {
        var before = _viewersBeforeDrain ??= _viewers;
        _drained = share >= 1;
        var mayStay = _drained ? 0 : (int)(before * (1 - share));
        // Those who are still being told have their turn behind them.
        var leave = Math.Max(0, _viewers - _blocked.Count(viewer => viewer.Ending is not null) - mayStay);
        foreach (var slice in _slices.ToList())
            leave -= slice.CloseSome(leave, CloseReason.Shutdown);
        foreach (var viewer in _blocked.Where(viewer => viewer.Ending is null).Take(leave))
            viewer.Ending = CloseReason.Shutdown;
    }

    private void LetGo(DirectViewer viewer)
    {
        if (viewer.State == ViewerState.Ready)
            Close(viewer, CloseReason.Shutdown, whole: true);
        else
            viewer.Ending = CloseReason.Shutdown;
    }

    /// <summary>Nobody runs here any more: who is here, or has come in this moment, is let go.</summary>
    private void CloseAll()
    {
        while (_inbox.TryDequeue(out var message))
        {
            if (message.Kind == MessageKind.Add)
                Add((DirectViewer)message.Subject!);
        }

        foreach (var slice in _slices.ToList())
            slice.CloseSome(int.MaxValue, CloseReason.Shutdown);
        foreach (var viewer in _blocked.ToList())
            Close(viewer, CloseReason.Shutdown, whole: false);
        FlushTrunks();
    }
}
