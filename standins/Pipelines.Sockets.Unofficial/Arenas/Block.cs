using System.Buffers;

namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>A stretch of an arena's memory; the blocks of one arena are a chain.</summary>
internal sealed class Block<T>(IMemoryOwner<T> owner)
{
    public IMemoryOwner<T> Owner { get; } = owner;

    public int Length { get; } = owner.Memory.Length;

    public Block<T>? Next { get; set; }

    public Span<T> Span => Owner.Memory.Span;
}
