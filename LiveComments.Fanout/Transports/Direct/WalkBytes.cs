using LiveComments.Fanout.Rooms;

namespace LiveComments.Fanout.Transports.Direct;

/// <summary>What one walk sends to everybody.</summary>
static class WalkBytes
{
    // A quarter of what the kernel holds for a viewer: frames that came while the last walk went on, not a backlog.
    private const int MostBytes = 16 * 1024;

    /// <summary>
    /// The frames from <paramref name="first"/> to the newest, as long as they come to no more than a few kilobytes: each
    /// send costs the same, however much it takes. A frame that is not the same for everybody goes by itself.
    /// </summary>
    public static (Frame Last, byte[] Bytes) From(Frame first)
    {
        var (last, length) = (first, first.Chunk.Length);
        while (last.IsForEverybody && last.NextIfAny is { IsForEverybody: true } next && length + next.Chunk.Length <= MostBytes)
            (last, length) = (next, length + next.Chunk.Length);
        if (last == first)
            return (first, first.Chunk);
        var bytes = new byte[length];
        var at = 0;
        for (var frame = first; ; frame = frame.NextIfAny!)
        {
            frame.Chunk.CopyTo(bytes, at);
            at += frame.Chunk.Length;
            if (frame == last)
                return (last, bytes);
        }
    }
}
