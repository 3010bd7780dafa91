using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.Fanout.Rooms;
using LiveComments.ServiceDefaults.Log;
using NATS.Client.Core;

namespace LiveComments.Fanout.Presence;

/// <summary>Tells everybody how many watch each stream on this node, and says goodbye when the node stops.</summary>
sealed partial class PresenceAnnouncer(RoomDirectory rooms, CurrentLog currentLog, INatsConnection nats, TimeProvider clock, ILogger<PresenceAnnouncer> logger) : BackgroundService
{
    // Nobody waits for an announcement, and the next one makes up for it.
    private static readonly TimeSpan PublishTimeout = TimeSpan.FromSeconds(1);

    private readonly string _nodeId = Guid.NewGuid().ToString("N");
    private readonly PresenceRounds _rounds = new(clock);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var log = await currentLog.WaitAsync(stoppingToken);
            using var timer = new PeriodicTimer(PresenceAnnouncement.ChangeInterval, clock);
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await AnnounceAsync(log.Shard);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // By now the node's viewers have been sent away.
            if (currentLog.Handle is { } log)
                await PublishAsync(log.Shard, new PresenceAnnouncement(_nodeId, [], IsLeaving: true));
        }
    }

    private async Task AnnounceAsync(int shard)
    {
        foreach (var part in _rounds.Due(rooms.ViewerCounts()).Chunk(PresenceAnnouncement.MaxRooms))
        {
            if (!await PublishAsync(shard, new PresenceAnnouncement(_nodeId, part)))
            {
                _rounds.SayAllAgain();
                return;
            }
        }
    }

    private async Task<bool> PublishAsync(int shard, PresenceAnnouncement announcement)
    {
        using var timeout = new CancellationTokenSource(PublishTimeout, clock);
        try
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(announcement, PresenceJson.Default.PresenceAnnouncement);
            await nats.PublishAsync(PresenceSubjects.Of(shard, _nodeId), body, cancellationToken: timeout.Token);
            return true;
        }
        catch (Exception exception) when (exception is NatsException or OperationCanceledException or TimeoutException or IOException)
        {
            NotSaid(exception.Message);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Could not say how many watch here: {Reason}")]
    private partial void NotSaid(string reason);
}
