using System.Buffers;

namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>Blocks from an array pool.</summary>
public sealed class ArrayPoolAllocator<T>(ArrayPool<T>? pool = null) : Allocator<T>
{
    private readonly ArrayPool<T> _pool = pool ?? ArrayPool<T>.Shared;

    public static ArrayPoolAllocator<T> Shared { get; } = new();

    public override IMemoryOwner<T> Allocate(int length) => new RentedArray(_pool, _pool.Rent(length));

    private sealed class RentedArray(ArrayPool<T> pool, T[] array) : IMemoryOwner<T>
    {
        private T[]? _array = array;

        public Memory<T> Memory => _array ?? throw new ObjectDisposedException(nameof(RentedArray));

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _array, null) is { } array)
                pool.Return(array);
        }
    }
}
