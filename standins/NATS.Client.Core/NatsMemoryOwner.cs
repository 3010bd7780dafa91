using System.Buffers;

namespace NATS.Client.Core;

public enum NatsMemoryOwnerAllocationMode
{
    Default,
    Clear,
}

/// <summary>Memory rented from a pool. A struct: dispose one copy only.</summary>
public struct NatsMemoryOwner<T> : IMemoryOwner<T>
{
    private readonly int _start;
    private readonly ArrayPool<T> _pool;
    private T[]? _array;

    private NatsMemoryOwner(T[] array, int start, int length, ArrayPool<T> pool)
    {
        _array = array;
        _start = start;
        Length = length;
        _pool = pool;
    }

    public static NatsMemoryOwner<T> Empty => Allocate(0);

    public int Length { get; }

    public readonly Memory<T> Memory => _array is null ? default : new(_array, _start, Length);

    public readonly Span<T> Span => _array is null ? default : new(_array, _start, Length);

    public static NatsMemoryOwner<T> Allocate(int size) => Allocate(size, ArrayPool<T>.Shared, NatsMemoryOwnerAllocationMode.Default);

    public static NatsMemoryOwner<T> Allocate(int size, ArrayPool<T> pool) => Allocate(size, pool, NatsMemoryOwnerAllocationMode.Default);

    public static NatsMemoryOwner<T> Allocate(int size, NatsMemoryOwnerAllocationMode mode) => Allocate(size, ArrayPool<T>.Shared, mode);

    public static NatsMemoryOwner<T> Allocate(int size, ArrayPool<T> pool, NatsMemoryOwnerAllocationMode mode)
    {
        var array = pool.Rent(size);
        if (mode == NatsMemoryOwnerAllocationMode.Clear)
            array.AsSpan(0, size).Clear();
        return new(array, 0, size, pool);
    }

    public readonly ArraySegment<T> DangerousGetArray() => new(Rented(), _start, Length);

    /// <summary>Hands the memory on: this owner is empty afterwards, the result covers a part of it (from the array's start).</summary>
    public NatsMemoryOwner<T> Slice(int start, int length)
    {
        var array = Rented();
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)start, (uint)Length, nameof(start));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)(Length - start), nameof(length));
        _array = null;
        return new(array, start, length, _pool);
    }

    public void Dispose()
    {
        if (_array is not { } array)
            return;
        _array = null;
        _pool.Return(array, clearArray: true);
    }

    private readonly T[] Rented() => _array ?? throw new ObjectDisposedException(nameof(NatsMemoryOwner<>), "The current buffer has already been disposed");
}
