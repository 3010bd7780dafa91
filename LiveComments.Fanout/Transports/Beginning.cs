using LiveComments.Fanout.Rooms;

namespace LiveComments.Fanout.Transports;

/// <summary>
/// Where a viewer's way in a room begins; handed out once. The frame leads to all that ever come after it, and the entries are up to a
/// thousand: a viewer who held on to where it began would hold all of the stream, for as long as it stays.
/// </summary>
/// <param name="at">The newest frame when it entered.</param>
/// <param name="catchup">What it is sent before that frame's successors.</param>
sealed class Beginning(Frame at, Catchup catchup)
{
    private (Frame At, Catchup Catchup)? _once = (at, catchup);

    /// <summary>Hands both out, and holds neither any more. Whoever takes them is not to keep them across an await either.</summary>
    /// <exception cref="InvalidOperationException">They have been taken.</exception>
    public (Frame At, Catchup Catchup) Take()
    {
        var taken = _once ?? throw new InvalidOperationException("A viewer begins once.");
        _once = null;
        return taken;
    }
}
