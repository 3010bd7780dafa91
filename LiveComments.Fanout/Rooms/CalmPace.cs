namespace LiveComments.Fanout.Rooms;

/// <summary>
/// Tells whether a room is so calm that its comments can go out one by one. It is a token bucket of comments, not of
/// frames: a room that is faster than the bucket fills stays with gathered frames until it has become calm again, instead
/// of sending every few of them alone. Not safe for several threads.
/// </summary>
/// <remarks>
/// Each room may send as many comments a second alone as this node's sends suffice for if all its viewers got each of
/// them. So, summed over all rooms, comments sent alone never cost more than <see cref="BatchOptions.ImmediateSendsPerSecond"/>.
/// </remarks>
sealed class CalmPace(BatchOptions options, NodeAudience audience, TimeProvider clock)
{
    // Two or three people who answer at the same time.
    private const double Burst = 3;

    // How far a fast room is in debt at most: so it is calm again soon after it has become slow.
    private const double Debt = 1;

    // Faster than this it is no conversation whose single lines anybody waits for, however few watch.
    private const double MaxPerSecond = 20;

    private double _tokens = Burst;
    private long _at = clock.GetTimestamp();

    /// <summary>Counts a comment. True when it may go out at once.</summary>
    public bool Take()
    {
        if (options.ImmediateSendsPerSecond == 0)
            return false;
        var now = clock.GetTimestamp();
        var perSecond = Math.Min(MaxPerSecond, (double)options.ImmediateSendsPerSecond / Math.Max(1, audience.Sends));
        _tokens = Math.Min(Burst, _tokens + (clock.GetElapsedTime(_at, now).TotalSeconds * perSecond));
        _at = now;
        _tokens = Math.Max(-Debt, _tokens - 1);
        return _tokens >= 0;
    }
}
