using LiveComments.Contracts;

namespace LiveComments.ServiceDefaults.Presence;

/// <summary>
/// How many watch each stream over all nodes: the sum of what the nodes say. A count that was not said again in time holds
/// no longer, so a node that died is gone after <see cref="PresenceAnnouncement.Lifetime"/>, and one that says goodbye at once.
/// </summary>
public sealed class ViewerCounts(TimeProvider clock)
{
    // Counts of a room on a node; some 100 MB. Beyond it new rooms are not counted, which nobody should ever see.
    private const int MaxRooms = 500_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Dictionary<string, (int Viewers, long HeardAt)>> _streams = new(StringComparer.Ordinal);
    private long _sweptAt = clock.GetTimestamp();
    private int _rooms;

    /// <summary>Who watches the stream.</summary>
    public int Of(string streamId)
    {
        lock (_lock)
            return _streams.TryGetValue(streamId, out var nodes) ? Sum_NeedsLock(nodes) : 0;
    }

    /// <summary>All streams that somebody watches.</summary>
    public IReadOnlyList<RoomPresence> All()
    {
        lock (_lock)
            return [.. _streams.Select(stream => new RoomPresence(stream.Key, Sum_NeedsLock(stream.Value))).Where(room => room.Viewers > 0)];
    }

    /// <summary>Takes what a node says. Counts are whole, not changes: hearing one twice, or missing one, does no lasting harm.</summary>
    public void Hear(PresenceAnnouncement announcement)
    {
        lock (_lock)
        {
            if (announcement.IsLeaving)
                Remove_NeedsLock((node, _) => node == announcement.NodeId);
            foreach (var (streamId, viewers) in announcement.Rooms)
                Set_NeedsLock(announcement.NodeId, streamId, viewers);
            if (clock.GetElapsedTime(_sweptAt) >= PresenceAnnouncement.RepeatInterval)
            {
                _sweptAt = clock.GetTimestamp();
                Remove_NeedsLock((_, heardAt) => !IsAlive(heardAt));
            }
        }
    }

    private void Set_NeedsLock(string nodeId, string streamId, int viewers)
    {
        if (!_streams.TryGetValue(streamId, out var nodes))
        {
            if (viewers <= 0)
                return;
            _streams[streamId] = nodes = new Dictionary<string, (int, long)>(StringComparer.Ordinal);
        }

        if (viewers <= 0)
        {
            _rooms -= nodes.Remove(nodeId) ? 1 : 0;
        }
        else if (nodes.ContainsKey(nodeId))
        {
            nodes[nodeId] = (viewers, clock.GetTimestamp());
        }
        else if (_rooms < MaxRooms)
        {
            nodes[nodeId] = (viewers, clock.GetTimestamp());
            _rooms++;
        }

        if (nodes.Count == 0)
            _streams.Remove(streamId);
    }

    private void Remove_NeedsLock(Func<string, long, bool> isGone)
    {
        foreach (var (streamId, nodes) in _streams)
        {
            foreach (var (nodeId, (_, heardAt)) in nodes)
            {
                if (isGone(nodeId, heardAt))
                    _rooms -= nodes.Remove(nodeId) ? 1 : 0;
            }

            if (nodes.Count == 0)
                _streams.Remove(streamId);
        }
    }

    private int Sum_NeedsLock(Dictionary<string, (int Viewers, long HeardAt)> nodes)
    {
        var sum = 0;
        foreach (var (viewers, heardAt) in nodes.Values)
            sum += IsAlive(heardAt) ? viewers : 0;
        return sum;
    }

    private bool IsAlive(long heardAt) => clock.GetElapsedTime(heardAt) < PresenceAnnouncement.Lifetime;
}
