using LiveComments.Contracts;
using LiveComments.Fanout.Degradation;
using LiveComments.Fanout.Rooms;
using LiveComments.ServiceDefaults.Presence;
using Microsoft.Extensions.Options;

namespace LiveComments.Fanout.Figures;

/// <summary>Tells each room of this node how many watch its stream over all nodes, whenever that has changed.</summary>
sealed class ViewerCounting(RoomDirectory rooms, ViewerCounts counts, IOptions<FiguresOptions> options, NodeEffects effects, TimeProvider clock) : BackgroundService
{
    private readonly Dictionary<Room, int> _told = [];
    private long _toldAt = long.MinValue;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(PresenceAnnouncement.ChangeInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var open = rooms.All();
            foreach (var closed in _told.Keys.Except(open).ToList())
                _told.Remove(closed);
            foreach (var room in open)
            {
                // Nobody has spoken of it yet, not even this node.
                if (counts.Of(room.StreamId) is not 0 and var viewers)
                    room.Audience = viewers;
            }

            if (!options.Value.Viewers || !IsDue())
                continue;
            _toldAt = clock.GetTimestamp();
            foreach (var room in open)
                Tell(room, room.Audience);
        }
    }

    /// <summary>Less often when the node has too much to do.</summary>
    private bool IsDue() => _toldAt == long.MinValue || clock.GetElapsedTime(_toldAt) >= effects.Current.FiguresInterval;

    private void Tell(Room room, int viewers)
    {
        if (viewers == 0 || _told.GetValueOrDefault(room) == viewers)
            return;
        _told[room] = viewers;
        room.Announce(new WireMessage(ServerMessageTypes.ViewerCount, null, MessageEncoding.Json(ServerMessageTypes.ViewerCount, new ViewerCount(room.StreamId, viewers), ContractsJson.Wire.ServerMessageViewerCount)));
    }
}
