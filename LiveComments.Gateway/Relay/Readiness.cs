namespace LiveComments.Gateway.Relay;

/// <summary>What a socket is ready for; the numbers are those of <c>&lt;sys/epoll.h&gt;</c>.</summary>
[Flags]
enum Readiness : uint
{
    None = 0,
    Readable = 0x1,
    Writable = 0x4,
    Error = 0x8,

    /// <summary>Closed in both directions.</summary>
    HungUp = 0x10,

    /// <summary>The peer will send no more; what it sent before may still be unread.</summary>
    PeerClosed = 0x2000,

    /// <summary>No further event will tell of what is unread: read to the end.</summary>
    Ended = Error | HungUp | PeerClosed,
}
