using System.Diagnostics.CodeAnalysis;

namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>Elements in an arena, over one block or several, that can be changed in place.</summary>
public readonly partial struct Sequence<T>
{
    private readonly Block<T>? _block;
    private readonly int _offset;
    private readonly int _length;

    internal Sequence(Block<T> block, int offset, int length)
    {
        _block = block;
        _offset = offset;
        _length = length;
    }

    public long Length => _length;

    public bool IsEmpty => _length == 0;

    public bool IsSingleSegment => _block is null || _length <= _block.Length - _offset;

    /// <summary>The elements of the first block.</summary>
    public Span<T> FirstSpan => _block is null ? default : _block.Span.Slice(_offset, Math.Min(_length, _block.Length - _offset));

    public ref T this[int index]
    {
        get
        {
            if ((uint)index >= (uint)_length)
                ThrowOutside();
            var block = _block!;
            var at = _offset + (long)index;
            while (at >= block.Length)
            {
                at -= block.Length;
                block = block.Next!;
            }

            return ref block.Span[(int)at];
        }
    }

    public Sequence Untyped() => new(_block, _offset, _length);

    public Enumerator GetEnumerator() => new(this);

    /// <summary>The elements block by block.</summary>
    public SpanEnumerable Spans => new(this);

    [DoesNotReturn]
    private static void ThrowOutside() => throw new IndexOutOfRangeException();
}
