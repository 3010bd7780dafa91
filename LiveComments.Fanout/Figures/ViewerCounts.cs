using LiveComments.Contracts;

namespace LiveComments.Fanout.Figures;

/// <summary>
/// How many watch each stream, summed over what the nodes announce. As large as there are watched streams. Not safe for
/// several threads.
/// </summary>
sealed class ViewerCounts(TimeProvider clock)
{
    private readonly Dictionary<string, Dictionary<string, (int Viewers, long SaidAt)>> _nodes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);

    public void Take(PresenceAnnouncement announcement)
    {
        if (announcement.IsLeaving)
        {
            if (_nodes.Remove(announcement.NodeId, out var rooms))
                _changed.UnionWith(rooms.Keys);
            return;
        }

        if (!_nodes.TryGetValue(announcement.NodeId, out var node))
            _nodes[announcement.NodeId] = node = new Dictionary<string, (int, long)>(StringComparer.Ordinal);
        foreach (var room in announcement.Rooms)
        {
            if (room.Viewers != node.GetValueOrDefault(room.StreamId).Viewers)
                _changed.Add(room.StreamId);
            if (room.Viewers > 0)
                node[room.StreamId] = (room.Viewers, clock.GetTimestamp());
            else
                node.Remove(room.StreamId);
        }
    }

    /// <summary>Streams whose sum is another than when this was last asked; what was not said again in time holds no longer.</summary>
    public IReadOnlyList<(string StreamId, int Viewers)> Changed()
    {
        foreach (var node in _nodes.Values)
        {
            foreach (var (streamId, said) in node)
            {
                if (clock.GetElapsedTime(said.SaidAt) >= PresenceAnnouncement.Lifetime && node.Remove(streamId))
                    _changed.Add(streamId);
            }
        }

        var changed = _changed.Select(streamId => (streamId, _nodes.Values.Sum(node => node.GetValueOrDefault(streamId).Viewers))).ToList();
        _changed.Clear();
        return changed;
    }
}
