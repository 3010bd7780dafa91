using System.Text;

namespace LiveComments.Contracts;

/// <summary>Which shard of the log a live stream lies in. It never changes for a stream, so the hash never may.</summary>
public static class Shards
{
    /// <summary>FNV-1a over the id: stable over processes and versions, unlike <see cref="string.GetHashCode()"/>.</summary>
    public static int Of(string streamId, int shardCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shardCount, 1);
        if (shardCount == 1)
            return 0;
        var hash = 2166136261u;
        foreach (var value in Encoding.ASCII.GetBytes(streamId))
            hash = (hash ^ value) * 16777619u;
        return (int)(hash % (uint)shardCount);
    }
}
