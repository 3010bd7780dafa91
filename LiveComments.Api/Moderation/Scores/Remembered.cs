using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace LiveComments.Api.Moderation.Scores;

/// <summary>What was worked out lately. When it is as much as may be, all of it is forgotten.</summary>
sealed class Remembered<TKey, TValue>(int max) where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, TValue> _values = [];
    // The dictionary's own count takes all of its locks, which each new text would wait for.
    private int _count;

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => _values.TryGetValue(key, out value);

    public void Add(TKey key, TValue value)
    {
        if (!_values.TryAdd(key, value) || Interlocked.Increment(ref _count) < max)
            return;
        Interlocked.Exchange(ref _count, 0);
        _values.Clear();
    }
}
