using System.Text.Json;
using LiveComments.Api.Ids;
using LiveComments.Api.Log;
using LiveComments.Api.Moderation.People;
using LiveComments.Api.Moderation.Reputation;
using LiveComments.Api.Moderation.State;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Connections;
using LiveComments.ServiceDefaults.Log;
using NATS.Client.Core;
using StackExchange.Redis;

namespace LiveComments.Api.Moderation.Acts;

/// <summary>What became of an act.</summary>
abstract record ActResult
{
    /// <summary>It holds. Of several that decide the same thing once and for all, this is the one that was first.</summary>
    public sealed record Done(ModerationAct Act) : ActResult;

    /// <summary>The log gave no answer; trying again is safe.</summary>
    public sealed record Unavailable : ActResult;
}

/// <summary>Carries out what a moderator decided.</summary>
/// <remarks>
/// 0. Work out whose reputation it moves (<see cref="ReputationMoves"/>).
/// 1. Append the act to the log: from here on it holds, for ever, and every process hears of it (<see cref="ModerationFollower"/>).
/// 2. Apply it here, so that this process need not wait for the log to tell it.
/// 3. An act about a user leaves its place in Redis, beside what admission reads for each post: a process that has not
///    heard of it yet waits until it has. So it is effective everywhere at the user's next post.
/// 4. Viewers are told: <see cref="ModerationEffects"/>.
/// 5. Whom it concerns is told, wherever they watch: <see cref="PeopleNews"/>.
/// </remarks>
sealed partial class ModerationActs(
    LogAppender log, ModerationState state, ModerationEffects effects, ReputationMoves reputation, CurrentLog currentLog, IConnectionMultiplexer redis, PeopleNews news, Snowflake ids, ModerationMetrics metrics, TimeProvider clock, ILogger<ModerationActs> logger)
{
    // Long after every living process has heard of an act.
    private static readonly TimeSpan MarkDuration = TimeSpan.FromMinutes(1);

    // An act must not wait for a Redis that hangs; without the mark other processes hear of it some milliseconds later.
    private static readonly TimeSpan RedisTimeout = TimeSpan.FromMilliseconds(250);

    public static RedisKey MarkOf(string userId) => $"acts:{{{userId}}}";

    /// <summary>A new act by this user, now.</summary>
    public ModerationAct New(string? streamId, string kind, User by, string? reason) => new()
    {
        Id = ids.Next(),
        StreamId = streamId,
        Kind = kind,
        ById = by.Id,
        ByName = by.Username,
        At = clock.GetUtcNow().ToUnixTimeMilliseconds(),
        Reason = reason,
    };

    /// <param name="act">What to do.</param>
    /// <param name="cancellationToken">Ends the wait, not the act.</param>
    /// <param name="once">What is decided by it once and for all, if so; whoever decides that second is told what was first.</param>
    /// <param name="headers">What to store beside it.</param>
    public async Task<ActResult> PerformAsync(ModerationAct act, CancellationToken cancellationToken, string? once = null, NatsHeaders? headers = null)
    {
        // 0.
        if (act.Moves is null)
            act = act with { Moves = await reputation.OfAsync(act, cancellationToken) };
        // 1.
        headers ??= [];
        var messageId = MessageId.Of(LogEventTypes.ModerationAct, act.StreamId ?? "", once ?? act.Id);
        var body = JsonSerializer.SerializeToUtf8Bytes(act, ContractsJson.Wire.ModerationAct);
        var answer = await log.ModerateAsync(act.StreamId, LogEventTypes.ModerationAct, body, messageId, headers, cancellationToken);
        Cursor place;
        switch (answer)
        {
            case AppendResult.Stored(var stored):
                metrics.Acted(act.Kind);
                place = stored;
                break;
            case AppendResult.Duplicate(var first):
                if (await ReadAsync(first, cancellationToken) is not var (firstAct, firstHeaders))
                    return new ActResult.Unavailable();
                (act, headers, place) = (firstAct, firstHeaders, first);
                break;
            default:
                return new ActResult.Unavailable();
        }

        // 2.
        state.Apply(act, place);
        // 3.
        if (act.UserId is not null)
            await MarkAsync(act.UserId, place);
        // 4.
        if (!await effects.FollowAsync(act, headers, cancellationToken))
            return new ActResult.Unavailable();
        // 5.
        await news.TellAsync(act, place);
        return new ActResult.Done(act);
    }

    private async Task<(ModerationAct Act, NatsHeaders Headers)?> ReadAsync(Cursor place, CancellationToken cancellationToken)
    {
        var current = await currentLog.WaitAsync(cancellationToken);
        return current.Of(place.Epoch) is { } part && await part.AtAsync(place.Sequence, cancellationToken) is { } entry
            ? (ModerationFollower.Parse(entry), entry.Headers ?? [])
            : null;
    }

    private async Task MarkAsync(string userId, Cursor place)
    {
        try
        {
            await redis.GetDatabase().StringSetAsync(MarkOf(userId), place.ToString(), MarkDuration).WaitAsync(RedisTimeout, clock);
        }
        catch (Exception exception) when (RedisFailures.IsAway(exception))
        {
            NotMarked(exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Redis could not be told of a moderator's act; other processes hear of it from the log alone. {Reason}")]
    private partial void NotMarked(string reason);
}
