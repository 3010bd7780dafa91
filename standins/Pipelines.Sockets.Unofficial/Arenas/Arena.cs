using System.Runtime.CompilerServices;

namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>Hands out stretches of elements that all end together, with <see cref="Reset"/>. Not for several threads at once.</summary>
/// <remarks>
/// 1. <see cref="Allocate"/> takes from the current block onwards; a stretch may go over several blocks.
/// 2. <see cref="Reset"/> wipes what was used (it may hold references), goes back to the first block,
///    and gives back the blocks beyond what the retention policy keeps.
/// </remarks>
public sealed class Arena<T> : IDisposable
{
    // Below the large object heap's 85,000 bytes: a block is a pooled array.
    private const int DefaultBlockSizeBytes = 32 * 1024;
    private const int SmallestBlock = 16;

    private readonly Allocator<T> _allocator;
    private readonly ArenaFlags _flags;
    private readonly Func<long, long, long> _retentionPolicy;
    private readonly int _blockLength;
    private Block<T>? _first, _current;
    private int _usedInCurrent;
    private long _usedBeforeCurrent;
    private long _retainedBytes;
    private bool _disposed;

    public Arena(ArenaOptions? options = null, Allocator<T>? allocator = null)
    {
        options ??= ArenaOptions.Default;
        _flags = options.Flags;
        _allocator = allocator ?? ArrayPoolAllocator<T>.Shared;
        _retentionPolicy = options.RetentionPolicy ?? KeepRecent;
        var bytes = options.BlockSizeBytes > 0 ? options.BlockSizeBytes : DefaultBlockSizeBytes;
        _blockLength = Math.Max(SmallestBlock, bytes / Unsafe.SizeOf<T>());
    }

    public Sequence<T> Allocate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (length == 0)
            return default;
        if (_current is null)
            _current = _first = NewBlock();
        else if (_usedInCurrent == _current.Length)
            MoveOn();
        var sequence = new Sequence<T>(_current, _usedInCurrent, length);
        while (true)
        {
            var taken = Math.Min(length, _current.Length - _usedInCurrent);
            _usedInCurrent += taken;
            length -= taken;
            if (length == 0)
                return sequence;
            MoveOn();
        }
    }

    public void Reset()
    {
        if (_first is null)
            return;
        var usedBytes = (_usedBeforeCurrent + _usedInCurrent) * Unsafe.SizeOf<T>();
        if ((_flags & ArenaFlags.ClearAtReset) != 0)
            ClearUsed();
        _retainedBytes = _retentionPolicy(_retainedBytes, usedBytes);
        _current = _first;
        _usedInCurrent = 0;
        _usedBeforeCurrent = 0;
        Trim();
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        if ((_flags & (ArenaFlags.ClearAtDispose | ArenaFlags.ClearAtReset)) != 0)
            ClearUsed();
        Release(_first);
        _first = _current = null;
    }

    // One large reply must not hold its memory for ever, and steady large ones must not allocate each time.
    private static long KeepRecent(long retained, long used) => Math.Max(used, retained - retained / 10);

    private Block<T> NewBlock() => new(_allocator.Allocate(_blockLength));

    private void MoveOn()
    {
        _usedBeforeCurrent += _usedInCurrent;
        _usedInCurrent = 0;
        _current = _current!.Next ??= NewBlock();
    }

    private void ClearUsed()
    {
        for (var block = _first; block is not null; block = block.Next)
        {
            var last = ReferenceEquals(block, _current);
            _allocator.Clear(block.Owner, last ? _usedInCurrent : block.Length);
            if (last)
                return;
        }
    }

    private void Trim()
    {
        var kept = _first!;
        long keptBytes = 0;
        while (kept.Next is not null && (keptBytes += (long)kept.Length * Unsafe.SizeOf<T>()) < _retainedBytes)
            kept = kept.Next;
        var surplus = kept.Next;
        kept.Next = null;
        Release(surplus);
    }

    private static void Release(Block<T>? block)
    {
        for (; block is not null; block = block.Next)
            block.Owner.Dispose();
    }
}
