using LiveComments.Contracts;
using LiveComments.Fanout.Api;
using LiveComments.Fanout.Degradation;
using LiveComments.Fanout.Rooms;
using Microsoft.Extensions.Options;

namespace LiveComments.Fanout.Figures;

/// <summary>
/// Tells each room how many comments its stream has: Api is asked when the room opens and now and then, and in between
/// what comes and goes is counted here. For display: a comment on its way while Api answers may count twice until the next time.
/// </summary>
sealed class CommentCounting(RoomDirectory rooms, ApiClient api, IOptions<FiguresOptions> options, NodeEffects effects, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan TellInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AskInterval = TimeSpan.FromMinutes(1);

    // A node with thousands of rooms asks about all of them within a minute, and Api notices nothing.
    private const int MaxAskedAtOnce = 8;

    private readonly Dictionary<Room, Count> _counts = [];
    private long _toldAt = long.MinValue;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Comments)
            return;
        using var timer = new PeriodicTimer(TellInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var open = rooms.All();
            foreach (var closed in _counts.Keys.Except(open).ToList())
                _counts.Remove(closed);
            await Parallel.ForEachAsync(open.Where(IsToBeAsked).ToList(), new ParallelOptions { MaxDegreeOfParallelism = MaxAskedAtOnce, CancellationToken = stoppingToken }, AskAsync);
            // Less often when the node has too much to do.
            if (_toldAt != long.MinValue && clock.GetElapsedTime(_toldAt) < effects.Current.FiguresInterval)
                continue;
            _toldAt = clock.GetTimestamp();
            foreach (var room in open)
                Tell(room);
        }
    }

    private bool IsToBeAsked(Room room)
    {
        lock (_counts)
            return !_counts.TryGetValue(room, out var count) || clock.GetElapsedTime(count.AskedAt) >= AskInterval;
    }

    private async ValueTask AskAsync(Room room, CancellationToken cancellationToken)
    {
        var asked = new Count { AskedAt = clock.GetTimestamp(), Balance = room.CommentBalance, Stored = await api.CommentCountAsync(room.StreamId, cancellationToken) };
        lock (_counts)
        {
            asked.Told = _counts.GetValueOrDefault(room)?.Told;
            _counts[room] = asked;
        }
    }

    private void Tell(Room room)
    {
        if (!_counts.TryGetValue(room, out var count) || count.Stored is not { } stored)
            return;
        var now = Math.Max(0, stored + room.CommentBalance - count.Balance);
        if (now == count.Told)
            return;
        count.Told = now;
        room.Announce(new WireMessage(ServerMessageTypes.CommentCount, null, MessageEncoding.Json(ServerMessageTypes.CommentCount, new CommentCount(room.StreamId, now), ContractsJson.Wire.ServerMessageCommentCount)));
    }

    private sealed class Count
    {
        public required long AskedAt { get; init; }

        /// <summary>What the room had counted then.</summary>
        public required long Balance { get; init; }

        /// <summary>What Api said; null when it said nothing.</summary>
        public required long? Stored { get; init; }

        public long? Told { get; set; }
    }
}
