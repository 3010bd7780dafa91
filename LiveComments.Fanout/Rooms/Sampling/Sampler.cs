namespace LiveComments.Fanout.Rooms.Sampling;

/// <summary>
/// Chooses which comments are shown when a stream is faster than people read. Pure: it goes by the comments of the log
/// alone, never by a clock or by how a node cuts its batches, so every node that has followed the stream for two seconds
/// chooses the same.
/// </summary>
/// <remarks>
/// 1. The rate is the number of comments in the second before, or of those so far in this one if that is more: by their
///    own times, of which the newest counts.
/// 2. A comment is shown when the hash of its id is below limit ÷ rate. The choice for a lower limit is therefore always
///    a part of that for a higher one.
/// </remarks>
sealed class Sampler
{
    private const int MillisecondsPerSecond = 1000;

    private long _second = long.MinValue;
    private int _count;
    private int _before;

    /// <summary>Takes every comment of the stream in the log's order, and tells whether this one is among the shown.</summary>
    /// <param name="commentId">What the choice hangs on.</param>
    /// <param name="createdAt">Unix milliseconds.</param>
    /// <param name="limit">How many a second are shown.</param>
    public bool Shows(string commentId, long createdAt, int limit)
    {
        var second = createdAt / MillisecondsPerSecond;
        if (second > _second)
        {
            _before = second - 1 == _second ? _count : 0;
            (_second, _count) = (second, 0);
        }

        _count++;
        var rate = Math.Max(_before, _count);
        return rate <= limit || (ulong)StableHash.Of(commentId) * (uint)rate < (ulong)limit << 32;
    }
}
