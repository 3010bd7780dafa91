namespace LiveComments.Contracts;

/// <summary>
/// What a Fanout node says about who watches there, on <see cref="PresenceSubjects.Of"/>. Nothing keeps these messages:
/// a node says so again every <see cref="RepeatInterval"/>, and what is not said again for <see cref="Lifetime"/> holds no longer.
/// </summary>
/// <param name="NodeId">A node's name of its own, new with each start of its process.</param>
/// <param name="Rooms">Streams whose count changed, or was last said a while ago. At most <see cref="MaxRooms"/>; there may be several messages at once.</param>
/// <param name="IsLeaving">True for the node's last word: none of its counts hold any more.</param>
public sealed record PresenceAnnouncement(string NodeId, IReadOnlyList<RoomPresence> Rooms, bool IsLeaving = false)
{
    /// <summary>A room takes 110 bytes at the longest stream id: a message stays at a tenth of what nats-server takes.</summary>
    public const int MaxRooms = 1000;

    /// <summary>How soon a changed count is said.</summary>
    public static readonly TimeSpan ChangeInterval = TimeSpan.FromSeconds(2);

    /// <summary>How often a count that didn't change is said again.</summary>
    public static readonly TimeSpan RepeatInterval = TimeSpan.FromSeconds(10);

    /// <summary>Two repeats may get lost: core NATS delivers at most once.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(25);
}

/// <summary>How many watch a stream on one node.</summary>
/// <param name="StreamId">The stream.</param>
/// <param name="Viewers">Zero when the last has gone.</param>
public sealed record RoomPresence(string StreamId, int Viewers);
