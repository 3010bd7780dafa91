using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.Fanout.Rooms;
using LiveComments.ServiceDefaults.Log;
using Microsoft.Extensions.Options;
using NATS.Client.Core;

namespace LiveComments.Fanout.Figures;

/// <summary>Hears what all nodes say about who watches, and tells the rooms of this one: at most once per interval each.</summary>
sealed partial class ViewerCounting(
    RoomDirectory rooms, CurrentLog currentLog, INatsConnection nats, IOptions<FiguresOptions> options, TimeProvider clock, ILogger<ViewerCounting> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var log = await currentLog.WaitAsync(stoppingToken);
        await using var announcements = await nats.SubscribeCoreAsync<byte[]>(PresenceSubjects.AllOf(log.Shard), cancellationToken: stoppingToken);
        var counts = new ViewerCounts(clock);
        using var timer = new PeriodicTimer(PresenceAnnouncement.ChangeInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            while (announcements.Msgs.TryRead(out var message))
            {
                if (Read(message.Data) is { } announcement)
                    counts.Take(announcement);
            }

            foreach (var (streamId, viewers) in counts.Changed())
                Tell(streamId, viewers);
        }
    }

    private void Tell(string streamId, int viewers)
    {
        if (rooms.Find(streamId) is not { } room)
            return;
        room.Audience = viewers;
        if (options.Value.Viewers)
            room.Announce(new WireMessage(ServerMessageTypes.ViewerCount, null, MessageEncoding.Json(ServerMessageTypes.ViewerCount, new ViewerCount(streamId, viewers), ContractsJson.Wire.ServerMessageViewerCount)));
    }

    private PresenceAnnouncement? Read(byte[]? body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, PresenceJson.Default.PresenceAnnouncement);
        }
        catch (JsonException exception)
        {
            NotUnderstood(exception.Message);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Warning, "A node said something about its viewers that can't be understood: {Reason}")]
    private partial void NotUnderstood(string reason);
}
