using System.Text.Json;
using LiveComments.Api.Moderation.Acts;
using LiveComments.Api.Moderation.State;
using LiveComments.Api.Streams;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Connections;
using LiveComments.ServiceDefaults.Log;
using NATS.Client.Core;
using StackExchange.Redis;

namespace LiveComments.Api.Moderation.People;

/// <summary>
/// Answers the nodes who of their viewers is banned. Each question is answered by one Api process, by what it knows from the
/// log; of who comes just now it looks in Redis, as for a post, whether there is an act that it has not heard of yet.
/// </summary>
sealed partial class BanAnswers(
    INatsConnection nats, CurrentLog currentLog, ModerationState state, ModerationFollower follower, CommentModeration moderation, StreamDirectory streams,
    IConnectionMultiplexer redis, TimeProvider clock, ILogger<BanAnswers> logger) : BackgroundService
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    // Whoever asks waits a second, and then lets the viewer in.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(750);

    // A healthy answer takes a millisecond or two; without it, what the log has told must do.
    private static readonly TimeSpan RedisTimeout = TimeSpan.FromMilliseconds(100);

    // More questions than this at once wait for their turn; one takes a millisecond.
    private const int MaxAtOnce = 64;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var log = await currentLog.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var questions = nats.SubscribeAsync<byte[]>(PeopleSubjects.Bans(log.Shard), PeopleSubjects.AnsweringGroup, cancellationToken: stoppingToken);
                await Parallel.ForEachAsync(questions, new ParallelOptions { MaxDegreeOfParallelism = MaxAtOnce, CancellationToken = stoppingToken }, AnswerAsync);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested && exception is NatsException or OperationCanceledException or TimeoutException or IOException)
            {
                Interrupted(exception.Message);
            }

            await Task.Delay(RetryPause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async ValueTask AnswerAsync(NatsMsg<byte[]> message, CancellationToken stoppingToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        timeout.CancelAfter(Patience);
        try
        {
            if (JsonSerializer.Deserialize(message.Data ?? [], PeopleJson.Default.BanQuestion) is { } question)
                await message.ReplyAsync(JsonSerializer.SerializeToUtf8Bytes(await FindAsync(question, timeout.Token), PeopleJson.Default.BanAnswer), cancellationToken: timeout.Token);
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested && exception is JsonException or NatsException or OperationCanceledException or TimeoutException or IOException)
        {
            NotAnswered(exception.Message);
        }
    }

    private async Task<BanAnswer> FindAsync(BanQuestion question, CancellationToken cancellationToken)
    {
        await follower.CaughtUpAsync(Patience, cancellationToken);
        if (Cursor.TryParse(question.Through, out var through))
            await WaitAsync(through, cancellationToken);
        var found = new List<BanFound>();
        for (var index = 0; index < question.Cases.Count; index++)
        {
            var (streamId, userId) = question.Cases[index];
            if (question.AreArriving)
                await HearOfAsync(userId, cancellationToken);
            if (state.Against(userId, streamId) is { Kind: SanctionKinds.Ban } ban
                && await streams.FindAsync(streamId, cancellationToken) is { } stream && !moderation.Moderates(stream, userId))
                found.Add(new BanFound(index, CommentModeration.TextOf(ban)));
        }

        return new BanAnswer(found);
    }

    private async ValueTask HearOfAsync(string userId, CancellationToken cancellationToken)
    {
        try
        {
            string? act = await redis.GetDatabase().StringGetAsync(ModerationActs.MarkOf(userId)).WaitAsync(RedisTimeout, clock, cancellationToken);
            if (Cursor.TryParse(act, out var place))
                await WaitAsync(place, cancellationToken);
        }
        catch (Exception exception) when (RedisFailures.IsAway(exception))
        {
            // By what the log has told, then.
        }
    }

    private async ValueTask WaitAsync(Cursor act, CancellationToken cancellationToken)
    {
        try
        {
            await state.WaitAsync(act, Patience / 2, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Better what is known than no answer at all.
        }
    }

    [LoggerMessage(LogLevel.Warning, "Answering who is banned was interrupted and goes on: {Reason}")]
    private partial void Interrupted(string reason);

    [LoggerMessage(LogLevel.Warning, "A node got no answer who of its viewers is banned: {Reason}")]
    private partial void NotAnswered(string reason);
}
