using System.Runtime.InteropServices;

namespace LiveComments.Fanout.Places;

/// <summary>How many there are of each key, up to a bound. Keys of which there is none take no memory.</summary>
sealed class Tally<TKey>(int most) where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, int> _counts = [];

    /// <summary>Keys of which there are some.</summary>
    public int Keys
    {
        get
        {
            lock (_lock)
                return _counts.Count;
        }
    }

    public IReadOnlyList<TKey> All
    {
        get
        {
            lock (_lock)
                return [.. _counts.Keys];
        }
    }

    public int Of(TKey key)
    {
        lock (_lock)
            return _counts.GetValueOrDefault(key);
    }

    /// <summary>False when there are as many as there may be.</summary>
    public bool TryTake(TKey key)
    {
        lock (_lock)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_counts, key, out _);
            if (count >= most)
                return false;
            count++;
            return true;
        }
    }

    /// <summary>Gives back what was taken.</summary>
    public void Release(TKey key)
    {
        lock (_lock)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrNullRef(_counts, key);
            if (--count == 0)
                _counts.Remove(key);
        }
    }
}
