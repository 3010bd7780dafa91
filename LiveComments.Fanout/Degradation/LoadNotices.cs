using LiveComments.Fanout.Rooms;
using LiveComments.ServiceDefaults.Degradation;

namespace LiveComments.Fanout.Degradation;

/// <summary>Tells the viewers of all rooms when the level changes; who comes later is told by the room.</summary>
sealed class LoadNotices(DegradationState state, RoomDirectory rooms) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Not where it is measured: thousands of rooms take a while, and each says what the level is by then.
        state.OnChange(_ => Task.Run(TellAll, CancellationToken.None));
        return Task.CompletedTask;
    }

    private void TellAll()
    {
        foreach (var room in rooms.All())
            room.TellLoad();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
