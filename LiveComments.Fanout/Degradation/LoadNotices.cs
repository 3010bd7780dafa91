using LiveComments.Fanout.Rooms;
using LiveComments.ServiceDefaults.Degradation;

namespace LiveComments.Fanout.Degradation;

/// <summary>Tells the viewers of all rooms when the level changes; who comes later is told by the room.</summary>
sealed class LoadNotices(DegradationState state, RoomDirectory rooms) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        state.OnChange(_ =>
        {
            foreach (var room in rooms.All())
                room.TellLoad();
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
