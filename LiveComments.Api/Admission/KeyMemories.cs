using System.Collections.Concurrent;
using LiveComments.ServiceDefaults.Connections;
using StackExchange.Redis;

namespace LiveComments.Api.Admission;

/// <summary>
/// Tells Redis where the comments of idempotency keys lie: in batches, since a command by itself costs Redis, and us, many
/// times what it costs among others. What is lost on the way was not promised: Redis knows by then that the key was
/// used, and the log and Postgres know for what.
/// </summary>
sealed class KeyMemories
{
    /// <summary>How long a key is remembered.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromHours(24);

    // Long enough to gather some dozens under load; a retry that is faster is recognised by the log.
    private static readonly TimeSpan GatheringTime = TimeSpan.FromMilliseconds(5);

    // A second's worth at a rate that a process can't reach. More are dropped.
    private const int MaxWaiting = 50_000;

    private readonly IConnectionMultiplexer _redis;
    private readonly ConcurrentQueue<(RedisKey Key, RedisValue Memory)> _waiting = new();
    private readonly ITimer _timer;
    private int _gathering;

    public KeyMemories(IConnectionMultiplexer redis, TimeProvider clock)
    {
        _redis = redis;
        _timer = clock.CreateTimer(_ => Send(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Add(string key, string memory)
    {
        if (_waiting.Count >= MaxWaiting)
            return;
        _waiting.Enqueue((key, memory));
        if (Interlocked.Exchange(ref _gathering, 1) == 0)
            _timer.Change(GatheringTime, Timeout.InfiniteTimeSpan);
    }

    private void Send()
    {
        // Before taking them out: who comes while this works starts the timer again.
        Volatile.Write(ref _gathering, 0);
        try
        {
            var batch = _redis.GetDatabase().CreateBatch();
            while (_waiting.TryDequeue(out var next))
                _ = batch.StringSetAsync(next.Key, next.Memory, Duration, When.Always, CommandFlags.FireAndForget);
            batch.Execute();
        }
        catch (Exception exception) when (RedisFailures.IsAway(exception))
        {
            // The comments are in the log by now: nothing that happens here may fail anything.
        }
    }
}
