using System.Collections.Concurrent;

namespace LiveComments.Api.Comments;

/// <summary>
/// Ids that this process appended or found lately, so that the many replies to one comment cost one look-up. A comment
/// that another process deleted since may still be known here; a reply to it is then taken.
/// </summary>
sealed class KnownComments
{
    /// <summary>Of each of two generations, some 10 MB in all; the older goes when the newer is full.</summary>
    public const int MaxOfGeneration = 50_000;

    private volatile ConcurrentDictionary<(string StreamId, long Id), bool> _newer = [];
    private volatile ConcurrentDictionary<(string StreamId, long Id), bool> _older = [];
    private int _remembered;

    public bool Has(string streamId, long id) => _newer.ContainsKey((streamId, id)) || _older.ContainsKey((streamId, id));

    public void Remember(string streamId, long id)
    {
        _newer[(streamId, id)] = true;
        // One caller alone gets to this number.
        if (Interlocked.Increment(ref _remembered) != MaxOfGeneration)
            return;
        _older = _newer;
        _newer = [];
        Volatile.Write(ref _remembered, 0);
    }

    public void Forget(string streamId, long id)
    {
        _newer.TryRemove((streamId, id), out _);
        _older.TryRemove((streamId, id), out _);
    }
}
