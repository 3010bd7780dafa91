using System.Buffers.Binary;

namespace LiveComments.Api.Admission;

/// <summary>
/// Eight bytes that stand for a stream in what Redis keeps of a user's posts: FNV-1a, which every process computes alike.
/// Two streams with one tag would share a limit; somebody who makes such ids on purpose gains nothing by it.
/// </summary>
static class StreamTag
{
    private const ulong OffsetBasis = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    public static byte[] Of(string streamId)
    {
        var hash = OffsetBasis;
        foreach (var character in streamId)
            hash = unchecked((hash ^ character) * Prime);
        var tag = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(tag, hash);
        return tag;
    }
}
