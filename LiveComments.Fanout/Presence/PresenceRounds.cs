using LiveComments.Contracts;

namespace LiveComments.Fanout.Presence;

/// <summary>Decides which of a node's counts are due to be said: those that changed, and those that were last said a while ago.</summary>
sealed class PresenceRounds(TimeProvider clock)
{
    // As many as there are rooms; a room that nobody watches leaves with its last word.
    private readonly Dictionary<string, (int Viewers, long SaidAt)> _said = new(StringComparer.Ordinal);

    /// <summary>What to say now, given how many watch now. Rooms that are gone are said to be empty, once.</summary>
    public IReadOnlyList<RoomPresence> Due(IReadOnlyList<RoomPresence> now)
    {
        var present = now.Where(room => room.Viewers > 0).ToList();
        var due = present.FindAll(room =>
            !_said.TryGetValue(room.StreamId, out var said) || said.Viewers != room.Viewers || clock.GetElapsedTime(said.SaidAt) >= PresenceAnnouncement.RepeatInterval);
        foreach (var room in due)
            _said[room.StreamId] = (room.Viewers, clock.GetTimestamp());

        var streams = present.Select(room => room.StreamId).ToHashSet(StringComparer.Ordinal);
        foreach (var streamId in _said.Keys)
        {
            if (!streams.Contains(streamId) && _said.Remove(streamId))
                due.Add(new RoomPresence(streamId, 0));
        }

        return due;
    }

    /// <summary>What was due could not be said: all of it is due again. Rooms that emptied meanwhile are forgotten by who hears nothing of them.</summary>
    public void SayAllAgain() => _said.Clear();
}
