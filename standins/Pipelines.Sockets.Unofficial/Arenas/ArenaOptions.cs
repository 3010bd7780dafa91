namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>How large an arena's blocks are and how much memory it keeps between uses.</summary>
public sealed class ArenaOptions(
    ArenaFlags flags = ArenaFlags.ClearAtReset | ArenaFlags.ClearAtDispose | ArenaFlags.BlittablePaddedSharing,
    int blockSizeBytes = 0,
    Func<long, long, long>? retentionPolicy = null)
{
    public static ArenaOptions Default { get; } = new();

    public ArenaFlags Flags { get; } = flags;

    /// <summary>Zero or less: the arena's own choice.</summary>
    public int BlockSizeBytes { get; } = blockSizeBytes;

    /// <summary>From the bytes kept so far and the bytes used since the last reset: the bytes to keep.</summary>
    public Func<long, long, long>? RetentionPolicy { get; } = retentionPolicy;
}
