using LiveComments.Fanout.Transports.Trunks;

namespace LiveComments.Fanout.Transports.Direct;

/// <summary>Trunks whose viewers this thread serves.</summary>
sealed partial class WriterThread
{
    /// <summary>There is something on the trunk that has to leave before this thread rests; told once until then.</summary>
    public void FlushSoon(Trunk trunk) => _toFlush.Add(trunk);

    /// <summary>The trunk takes no more for now.</summary>
    public void Watch(Trunk trunk) => _stuck.Add(trunk);

    /// <summary>It does again, or never will.</summary>
    public void Unwatch(Trunk trunk) => _stuck.Remove(trunk);

    private void FlushTrunks()
    {
        // By its places: at the end of this thread a trunk that breaks here brings about another round.
        for (var index = 0; index < _toFlush.Count; index++)
            _toFlush[index].Flush();
        _toFlush.Clear();
    }

    private void GiveUpStuckTrunks()
    {
        foreach (var trunk in _stuck.Where(trunk => Now - trunk.StuckSince > MaxBlockedTicks).ToList())
            trunk.Lose(TrunkEnd.TooSlow);
    }
}
