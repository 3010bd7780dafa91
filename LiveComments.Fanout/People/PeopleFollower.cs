using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.Fanout.Rooms;
using LiveComments.ServiceDefaults.Log;
using NATS.Client.Core;

namespace LiveComments.Fanout.People;

/// <summary>Hears what concerns single users, and passes it on to the rooms in which they are; ends the stay of who is banned.</summary>
/// <remarks>
/// 1. Api tells of a ban at once. Whether it ends a stay is asked all the same: broadcasters and moderators stay.
/// 2. Core NATS keeps nothing, so it is asked about everybody now and then, and when the connection is back.
/// </remarks>
sealed partial class PeopleFollower(
    CurrentLog currentLog, INatsConnection nats, RoomDirectory rooms, BanQuestions bans, TimeProvider clock, ILogger<PeopleFollower> logger) : BackgroundService
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    // Half of the minute within which an open stream ends after a ban of which this node did not hear.
    private static readonly TimeSpan AskInterval = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _askNow = new(0, 1);

    public override void Dispose()
    {
        _askNow.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var log = await currentLog.WaitAsync(stoppingToken);
        await Task.WhenAll(HearAsync(log.Shard, stoppingToken), AskAgainAndAgainAsync(stoppingToken));
    }

    private async Task HearAsync(int shard, CancellationToken stoppingToken)
    {
        nats.ConnectionOpened += (_, _) =>
        {
            AskNow();
            return default;
        };
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var message in nats.SubscribeAsync<byte[]>(PeopleSubjects.News(shard), cancellationToken: stoppingToken))
                {
                    if (Read(message) is { } news)
                        await TakeAsync(news, stoppingToken);
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested && exception is NatsException or OperationCanceledException or TimeoutException or IOException)
            {
                Interrupted(exception.Message);
            }

            await Task.Delay(RetryPause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TakeAsync(PersonNews news, CancellationToken stoppingToken)
    {
        var where = news.StreamId is { } streamId ? [.. new[] { rooms.Find(streamId) }.OfType<Room>()] : rooms.All();
        if (news.Reviewed is { } reviewed)
        {
            foreach (var room in where)
                room.Tell(news.UserId, Message(reviewed));
        }

        if (news.BannedBy is { } act)
            await EndStaysAsync([.. where.Where(room => room.Has(news.UserId)).Select(room => (room, news.UserId))], act, stoppingToken);
    }

    private async Task AskAgainAndAgainAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await WhenToAskAsync(stoppingToken);
            foreach (var room in rooms.All())
                await EndStaysAsync([.. room.Users.Select(userId => (room, userId))], through: null, stoppingToken);
        }
    }

    private async Task WhenToAskAsync(CancellationToken stoppingToken)
    {
        using var late = new CancellationTokenSource(AskInterval, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stoppingToken);
        try
        {
            await _askNow.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task EndStaysAsync(IReadOnlyList<(Room Room, string UserId)> stays, string? through, CancellationToken stoppingToken)
    {
        foreach (var part in stays.Chunk(BanQuestion.MaxCases))
        {
            var question = new BanQuestion([.. part.Select(stay => new BanCase(stay.Room.StreamId, stay.UserId))]) { Through = through };
            foreach (var (index, message) in await bans.AskAsync(question, stoppingToken))
            {
                if (index >= 0 && index < part.Length)
                    part[index].Room.Dismiss(part[index].UserId, message);
            }
        }
    }

    private void AskNow()
    {
        try
        {
            _askNow.Release();
        }
        catch (Exception exception) when (exception is SemaphoreFullException or ObjectDisposedException)
        {
            // Once is enough, and at the end nobody asks any more.
        }
    }

    private PersonNews? Read(NatsMsg<byte[]> message)
    {
        try
        {
            return JsonSerializer.Deserialize(message.Data ?? [], PeopleJson.Default.PersonNews);
        }
        catch (JsonException exception)
        {
            NotUnderstood(exception.Message);
            return null;
        }
    }

    private static WireMessage Message(CommentReviewed reviewed) =>
        new(ServerMessageTypes.CommentReviewed, null, MessageEncoding.Json(ServerMessageTypes.CommentReviewed, reviewed, ContractsJson.Wire.ServerMessageCommentReviewed));

    [LoggerMessage(LogLevel.Warning, "Hearing what concerns single users was interrupted and goes on: {Reason}")]
    private partial void Interrupted(string reason);

    [LoggerMessage(LogLevel.Warning, "What came is no news of a user: {Reason}")]
    private partial void NotUnderstood(string reason);
}
