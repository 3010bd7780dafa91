using System.Collections.Concurrent;
using LiveComments.ServiceDefaults.Connections;
using StackExchange.Redis;

namespace LiveComments.Api.Admission;

/// <summary>
/// Tells Redis where the comments of idempotency keys lie: in batches, since a command by itself costs Redis, and us, many
/// times what it costs among others. What is lost on the way was not promised: Redis knows by then that the key was
/// used, and the log and Postgres know for what. While there is no connection they wait.
/// </summary>
/// <remarks>
/// A user's keys of one turn lie in one hash, those of the next in another; <c>admit.lua</c> looks at both. This process's clock may
/// be another than Redis's: what it puts into the wrong one of them for that is found there, or is lost as if it had not been told.
/// </remarks>
sealed class KeyMemories
{
    /// <summary>How long a key is remembered at least, and how long a turn is: so it is at most twice that.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromHours(24);

    // Long enough to gather some dozens under load; a retry that is faster is recognised by the log.
    private static readonly TimeSpan GatheringTime = TimeSpan.FromMilliseconds(5);

    // A connection that comes back is used before many have asked it about keys.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    // A second's worth at a rate that a process can't reach. More are dropped.
    private const int MaxWaiting = 50_000;

    private readonly IConnectionMultiplexer _redis;
    private readonly ConcurrentQueue<(string UserId, string Field, string Memory)> _waiting = new();
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private int _gathering;

    public KeyMemories(IConnectionMultiplexer redis, TimeProvider clock)
    {
        (_redis, _clock) = (redis, clock);
        _timer = clock.CreateTimer(_ => Send(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <param name="userId">Whose keys.</param>
    /// <param name="turn">Even or odd.</param>
    public static RedisKey HashOf(string userId, long turn) => turn % 2 == 0 ? $"keys:{{{userId}}}:0" : $"keys:{{{userId}}}:1";

    public static string FieldOf(string streamId, string key) => $"{streamId}:{key}";

    public void Add(string userId, string field, string memory)
    {
        if (_waiting.Count >= MaxWaiting)
            return;
        _waiting.Enqueue((userId, field, memory));
        if (Interlocked.Exchange(ref _gathering, 1) == 0)
            _timer.Change(GatheringTime, Timeout.InfiniteTimeSpan);
    }

    private void Send()
    {
        if (!_redis.IsConnected)
        {
            _timer.Change(Patience, Timeout.InfiniteTimeSpan);
            return;
        }

        // Before taking them out: who comes while this works starts the timer again.
        Volatile.Write(ref _gathering, 0);
        try
        {
            var batch = _redis.GetDatabase().CreateBatch();
            var turn = _clock.GetUtcNow().ToUnixTimeMilliseconds() / (long)Duration.TotalMilliseconds;
            var end = DateTime.UnixEpoch + ((turn + 2) * Duration);
            while (_waiting.TryDequeue(out var next))
            {
                var hash = HashOf(next.UserId, turn);
                _ = batch.HashSetAsync(hash, next.Field, next.Memory, When.Always, CommandFlags.FireAndForget);
                // Each time: it may be the first there, when Redis has just forgotten all.
                _ = batch.KeyExpireAsync(hash, end, flags: CommandFlags.FireAndForget);
            }

            batch.Execute();
        }
        catch (Exception exception) when (RedisFailures.IsAway(exception))
        {
            // The comments are in the log by now: nothing that happens here may fail anything.
        }
    }
}
