using System.Globalization;
using LiveComments.Api.Persistence;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Breakers;
using LiveComments.ServiceDefaults.Connections;
using Npgsql;
using Polly.CircuitBreaker;
using StackExchange.Redis;

namespace LiveComments.Api.Users.Follows;

/// <summary>Whether and since when a user follows a broadcaster.</summary>
/// <param name="IsKnown">False when nobody can say at present.</param>
/// <param name="Since">Null for who does not.</param>
readonly record struct Following(bool IsKnown, DateTimeOffset? Since);

/// <summary>
/// Who follows whom, as posts to streams for followers ask it: one look into Redis, which learns a user's follows from
/// Postgres when it has not got them. While neither answers nobody can say.
/// </summary>
/// <remarks>
/// A user's follows are one hash: whom → since when, 0 for whom they ceased to follow. The field without a name says that
/// everything is there that Postgres had. What was changed since is written behind that, and Postgres's word never over it.
/// </remarks>
sealed partial class FollowMemory(IConnectionMultiplexer redis, NpgsqlDataSource database, DatabaseReads reads, TimeProvider clock, ILogger<FollowMemory> logger, BreakerMetrics? breakers = null)
{
    public const string BreakerName = "redis.follows";

    private const string IsWhole = "";
    private const long Ceased = 0;

    // A healthy answer takes well under a millisecond; nobody waits for a Redis that hangs.
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(250);

    // Long after the persister has written a change; and for so long a copy could be wrong that a change never reached.
    private static readonly TimeSpan Duration = TimeSpan.FromHours(1);

    private readonly RedisBreaker _redis = new(BreakerName, redis, Timeout, clock, breakers, logger);

    /// <summary>Whether the user follows the broadcaster.</summary>
    public async ValueTask<Following> FindAsync(string userId, string creatorId, CancellationToken cancellationToken)
    {
        try
        {
            var values = await _redis.AskAsync(memory => memory.HashGetAsync(KeyOf(userId), [creatorId, IsWhole]), cancellationToken);
            if (values[0].HasValue || values[1].HasValue)
                return new Following(true, SinceOf(values[0]));
        }
        catch (Exception exception) when (RedisFailures.IsAway(exception))
        {
            RedisIsAway(exception);
        }

        try
        {
            var follows = await LoadAsync(userId, cancellationToken);
            return new Following(true, follows.FirstOrDefault(follow => follow.UserId == creatorId) is { } found ? DateTimeOffset.FromUnixTimeMilliseconds(found.Since) : null);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or BrokenCircuitException)
        {
            NobodyCanSay(exception.Message);
            return new Following(false, null);
        }
    }

    /// <summary>Whom the user follows, with what they changed a moment ago.</summary>
    public async Task<IReadOnlyList<Follow>> AllAsync(string userId, CancellationToken cancellationToken)
    {
        var stored = (await LoadAsync(userId, cancellationToken)).ToDictionary(follow => follow.UserId, follow => follow.Since, StringComparer.Ordinal);
        try
        {
            foreach (var field in await _redis.AskAsync(memory => memory.HashGetAllAsync(KeyOf(userId)), cancellationToken))
            {
                if (SinceOf(field.Value) is { } since && field.Name != IsWhole)
                    stored[field.Name.ToString()] = since.ToUnixTimeMilliseconds();
                else
                    stored.Remove(field.Name.ToString());
            }
        }
        catch (Exception exception) when (RedisFailures.IsAway(exception))
        {
            RedisIsAway(exception);
        }

        return [.. stored.Select(follow => new Follow(follow.Key, follow.Value)).OrderByDescending(follow => follow.Since)];
    }

    /// <summary>Whom the user follows, before that is changed: from here on the hash is there, so that a change can't be overwritten by what Postgres knew before it.</summary>
    /// <exception cref="RedisException">It is away, and nothing may be changed: posts would go on by what was.</exception>
    public async Task<Following> BeforeChangeAsync(string userId, string creatorId, CancellationToken cancellationToken)
    {
        if (!await _redis.AskAsync(memory => memory.HashExistsAsync(KeyOf(userId), IsWhole), cancellationToken))
            await LoadAsync(userId, cancellationToken);
        // So that it outlives the persister's being behind.
        await _redis.AskAsync(memory => memory.KeyExpireAsync(KeyOf(userId), Duration), cancellationToken);
        return new Following(true, SinceOf(await _redis.AskAsync(memory => memory.HashGetAsync(KeyOf(userId), creatorId), cancellationToken)));
    }

    /// <summary>What holds from here on.</summary>
    /// <exception cref="RedisException">It is away: to be tried again.</exception>
    public async Task ChangeAsync(FollowChange change, CancellationToken cancellationToken) =>
        await _redis.AskAsync(memory => memory.HashSetAsync(KeyOf(change.UserId), change.CreatorId, change.IsFollowing ? change.At : Ceased), cancellationToken);

    private async Task<IReadOnlyList<Follow>> LoadAsync(string userId, CancellationToken cancellationToken)
    {
        var follows = await reads.ReadAsync(token => FollowRows.OfAsync(database, userId, token), cancellationToken);
        try
        {
            await _redis.AskAsync(
                memory =>
                {
                    var batch = memory.CreateBatch();
                    var key = KeyOf(userId);
                    var writes = follows.Select(follow => batch.HashSetAsync(key, follow.UserId, follow.Since, When.NotExists))
                        .Append(batch.HashSetAsync(key, IsWhole, 1, When.NotExists)).ToList();
                    var expiry = batch.KeyExpireAsync(key, Duration);
                    batch.Execute();
                    return Task.WhenAll([.. writes, expiry]);
                },
                cancellationToken);
        }
        catch (Exception exception) when (RedisFailures.IsAway(exception))
        {
            RedisIsAway(exception);
        }

        return follows;
    }

    // The breaker has said once already that it isn't asked.
    private void RedisIsAway(Exception exception)
    {
        if (exception is not BrokenCircuitException)
            RedisIsAway(exception.Message);
    }

    private static RedisKey KeyOf(string userId) => $"follows:{{{userId}}}";

    private static DateTimeOffset? SinceOf(RedisValue value) =>
        value.HasValue && long.TryParse((string?)value, NumberStyles.None, CultureInfo.InvariantCulture, out var since) && since != Ceased ? DateTimeOffset.FromUnixTimeMilliseconds(since) : null;

    [LoggerMessage(LogLevel.Warning, "Redis can't say who follows whom; Postgres is asked. {Reason}")]
    private partial void RedisIsAway(string reason);

    [LoggerMessage(LogLevel.Warning, "Nobody can say who follows whom; streams for followers take no comments but of moderators and of whom a token vouches for. {Reason}")]
    private partial void NobodyCanSay(string reason);
}
