namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>A <see cref="Sequence{T}"/> whose element type is not named: for a struct that holds a sequence of itself.</summary>
public readonly struct Sequence
{
    private readonly object? _block;
    private readonly int _offset;

    internal Sequence(object? block, int offset, int length)
    {
        _block = block;
        _offset = offset;
        Length = length;
    }

    public long Length { get; }

    public bool IsEmpty => Length == 0;

    public Sequence<T> Cast<T>() => _block is null ? default : new Sequence<T>((Block<T>)_block, _offset, (int)Length);
}
