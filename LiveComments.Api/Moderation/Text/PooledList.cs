using System.Buffers;

namespace LiveComments.Api.Moderation.Text;

/// <summary>
/// A list in borrowed memory, for what is needed while a text is looked at and no longer. Of a long text it has more than 85 KB: as ordinary
/// arrays these would lie among the large objects, where enough of them make the collector go through the whole heap, some 20 ms long.
/// </summary>
sealed class PooledList<T>(int capacity) : IDisposable where T : struct
{
    private const int MinGrown = 16;

    private T[] _items = ArrayPool<T>.Shared.Rent(capacity);

    public int Count { get; private set; }

    public ref T this[int index] => ref _items[index];

    public ReadOnlySpan<T> Items => _items.AsSpan(0, Count);

    public void Add(T item)
    {
        if (Count == _items.Length)
            Grow();
        _items[Count++] = item;
    }

    public void RemoveLast() => Count--;

    public void Dispose()
    {
        ArrayPool<T>.Shared.Return(_items);
        _items = [];
        Count = 0;
    }

    private void Grow()
    {
        var larger = ArrayPool<T>.Shared.Rent(Math.Max(MinGrown, _items.Length * 2));
        Items.CopyTo(larger);
        ArrayPool<T>.Shared.Return(_items);
        _items = larger;
    }
}
