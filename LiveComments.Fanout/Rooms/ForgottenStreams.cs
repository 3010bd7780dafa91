using LiveComments.Fanout.Api;

namespace LiveComments.Fanout.Rooms;

/// <summary>
/// Rooms of streams whose beginning the log has forgotten: nothing there says what they are, which viewers must be told along with how they are served.
/// Api knows, and is asked until it has said so.
/// </summary>
sealed class ForgottenStreams(RoomDirectory rooms, ApiClient api, TimeProvider clock) : BackgroundService
{
    // Nothing else waits for it.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    // A node with thousands of such rooms asks about all of them within a minute, and Api notices nothing.
    private const int MostAskedAtOnce = 8;
    private const int MostATurn = 200;

    // An Api that can't say now is asked again later, and sooner than somebody would look for the reason.
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(30);

    private readonly Dictionary<Room, long> _asked = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var unknown = rooms.All().Where(room => room.Stream is null).ToList();
            foreach (var other in _asked.Keys.Except(unknown).ToList())
                _asked.Remove(other);
            var turn = unknown.Where(room => !_asked.TryGetValue(room, out var at) || clock.GetElapsedTime(at) >= AskAgainAfter).Take(MostATurn).ToList();
            foreach (var room in turn)
                _asked[room] = clock.GetTimestamp();
            await Parallel.ForEachAsync(turn, new ParallelOptions { MaxDegreeOfParallelism = MostAskedAtOnce, CancellationToken = stoppingToken }, AskAsync);
        }
    }

    private async ValueTask AskAsync(Room room, CancellationToken cancellationToken)
    {
        if (await api.StreamAsync(room.StreamId, cancellationToken) is { } stream)
            room.Learn(stream);
    }
}
