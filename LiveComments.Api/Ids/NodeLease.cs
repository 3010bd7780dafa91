using System.Globalization;
using System.Security.Cryptography;
using LiveComments.ServiceDefaults.Connections;
using StackExchange.Redis;

namespace LiveComments.Api.Ids;

/// <summary>Leases this process a node id of its own from Redis, so that no two processes ever make the same comment id.</summary>
/// <remarks>
/// 1. Take the first free id from a random place on: <c>SET node:&lt;id&gt; &lt;this process&gt; NX PX</c>.
/// 2. Renew it, by a script that only touches what is still ours: three times within the lease.
/// 3. Not renewed for two thirds of it, or somebody else's (Redis was flushed): let go of it before it can be anybody else's, go on
///    under a random id with a warning, and back to 1 until Redis gives one.
/// 4. At the end, give it back. Who is killed gives it back by the lease's end.
/// A random id is shared with another process by a chance of 1 in 1,024 for each; even then two comments are only mixed up
/// when they are made in the same millisecond with the same count.
/// </remarks>
sealed partial class NodeLease(Snowflake ids, IConnectionMultiplexer redis, TimeProvider clock, ILogger<NodeLease> logger) : BackgroundService
{
    /// <summary>How long an id stays taken after its process was killed.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan RenewPause = Duration / 5;

    // Well before the lease's end, by our clock: the rest is for a request that was under way, and for clocks that differ in speed.
    private static readonly TimeSpan LetGoAfter = Duration * 2 / 3;

    // While there is no lease: Redis is asked this often.
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    // A healthy answer takes a millisecond; the start of the process waits for one.
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(1);

    private const string Renewal = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0";
    private const string Release = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

    private readonly string _process = Guid.NewGuid().ToString("N");
    private bool _isLeased;
    private long _renewedAt;

    /// <summary>Where the lease of a node id lies.</summary>
    public static RedisKey KeyOf(int node) => string.Create(CultureInfo.InvariantCulture, $"node:{node}");

    /// <summary>Whether the ids of this process are surely its own.</summary>
    public bool IsLeased => Volatile.Read(ref _isLeased);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Before the first request, when Redis is there.
        await TryLeaseAsync(cancellationToken);
        if (!_isLeased)
            NodeIsRandom(ids.Node);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (!_isLeased)
            return;
        try
        {
            await redis.GetDatabase().ScriptEvaluateAsync(Release, [KeyOf(ids.Node)], [_process]).WaitAsync(RequestTimeout, clock, cancellationToken);
        }
        catch (Exception exception) when (RedisFailures.IsAway(exception) || exception is OperationCanceledException)
        {
            // The lease ends by itself.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(_isLeased ? RenewPause : RetryPause, clock, stoppingToken);
            if (_isLeased)
                await RenewAsync(stoppingToken);
            else
                await TryLeaseAsync(stoppingToken);
        }
    }

    private async Task TryLeaseAsync(CancellationToken cancellationToken)
    {
        try
        {
            var first = RandomNumberGenerator.GetInt32(Snowflake.NodeCount);
            for (var step = 0; step < Snowflake.NodeCount; step++)
            {
                var node = (first + step) % Snowflake.NodeCount;
                var asked = clock.GetTimestamp();
                if (!await redis.GetDatabase().StringSetAsync(KeyOf(node), _process, Duration, When.NotExists, CommandFlags.None).WaitAsync(RequestTimeout, clock, cancellationToken))
                    continue;
                ids.Node = node;
                _renewedAt = asked;
                Volatile.Write(ref _isLeased, true);
                NodeIsLeased(node);
                return;
            }

            NoNodeIsFree();
        }
        catch (Exception exception) when (RedisFailures.IsAway(exception))
        {
            // Again after the pause; that the id is random was said.
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        var asked = clock.GetTimestamp();
        try
        {
            var isOurs = (bool)await redis.GetDatabase().ScriptEvaluateAsync(Renewal, [KeyOf(ids.Node)], [_process, (long)Duration.TotalMilliseconds]).WaitAsync(RequestTimeout, clock, cancellationToken);
            if (isOurs)
                _renewedAt = asked;
            else
                LetGo();
        }
        catch (Exception exception) when (RedisFailures.IsAway(exception))
        {
            if (clock.GetElapsedTime(_renewedAt) >= LetGoAfter - RenewPause)
                LetGo();
        }
    }

    private void LetGo()
    {
        Volatile.Write(ref _isLeased, false);
        ids.Node = RandomNumberGenerator.GetInt32(Snowflake.NodeCount);
        NodeIsLost(ids.Node);
    }

    [LoggerMessage(LogLevel.Information, "This process makes its ids as node {Node}.")]
    private partial void NodeIsLeased(int node);

    [LoggerMessage(LogLevel.Warning, "Redis gave this process no node id; it makes its ids as node {Node}, chosen at random, until Redis gives one.")]
    private partial void NodeIsRandom(int node);

    [LoggerMessage(LogLevel.Warning, "The lease of the node id could not be kept; this process goes on as node {Node}, chosen at random, until Redis gives one.")]
    private partial void NodeIsLost(int node);

    [LoggerMessage(LogLevel.Warning, "No node id is free.")]
    private partial void NoNodeIsFree();
}
