namespace LiveComments.Fanout.Rooms;

/// <summary>What it costs to give a viewer one more frame, as a multiple of a send by the fast path (3 to 4 µs).</summary>
static class SendCost
{
    /// <summary>Straight to the socket.</summary>
    public const int Direct = 1;

    /// <summary>A task that is woken for each frame and writes it through the web server: 10 µs were measured.</summary>
    public const int Task = 3;

    /// <summary>A poll: each frame ends a request and brings another. An estimate: a request costs what a few dozen sends do.</summary>
    public const int Request = 20;
}
