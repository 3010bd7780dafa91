using System.Buffers;

namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>Where an <see cref="Arena{T}"/> gets its blocks from.</summary>
public abstract class Allocator<T>
{
    /// <summary>A block of at least <paramref name="length"/> elements.</summary>
    public abstract IMemoryOwner<T> Allocate(int length);

    /// <summary>Wipes the first <paramref name="length"/> elements, so that they keep nothing alive.</summary>
    public virtual void Clear(IMemoryOwner<T> allocation, int length) => allocation.Memory.Span[..length].Clear();
}
