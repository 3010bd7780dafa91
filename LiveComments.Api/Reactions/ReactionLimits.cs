using LiveComments.Api.Admission;
using LiveComments.ServiceDefaults.Breakers;
using LiveComments.ServiceDefaults.Connections;
using Polly.CircuitBreaker;
using StackExchange.Redis;

namespace LiveComments.Api.Reactions;

/// <summary>How often a user may react: by Redis, in one round trip, or by this process alone while Redis is away.</summary>
sealed partial class ReactionLimits(IConnectionMultiplexer redis, LocalAdmission local, AdmissionMetrics metrics, TimeProvider clock, ILogger<ReactionLimits> logger, BreakerMetrics? breakers = null)
{
    // A healthy answer takes well under a millisecond; nobody waits for a Redis that hangs.
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(250);

    public const string BreakerName = "redis.reactions";

    private static readonly string Script = ReadScript();

    private readonly Breaker _breaker = new(BreakerName, BreakerLimits.Redis, clock, breakers, logger);

    /// <summary>Takes one of a user's reactions to a stream. What is left is less than zero when there was none.</summary>
    /// <param name="what">Which of the limits it is: a name for its window and for telemetry.</param>
    /// <param name="streamId">The stream.</param>
    /// <param name="userId">The user.</param>
    /// <param name="limit">How many within what time.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<Quota> TakeAsync(string what, string streamId, string userId, RateLimit limit, CancellationToken cancellationToken)
    {
        Quota quota;
        try
        {
            var answer = await _breaker.CallAsync(
                static async (question, token) => (long)await question.Redis.GetDatabase()
                    .ScriptEvaluateAsync(Script, [question.Window], [question.Limit.Count, (long)question.Limit.Window.TotalMilliseconds])
                    .WaitAsync(Timeout, question.Clock, token),
                (Redis: redis, Window: (RedisKey)$"{what}:{{{userId}}}:{streamId}", Limit: limit, Clock: clock),
                RedisFailures.IsAway, cancellationToken);
            quota = answer < 0 ? new Quota(limit.Count, -1, limit.Window, TimeSpan.FromMilliseconds(-answer)) : new Quota(limit.Count, (int)answer, limit.Window, TimeSpan.Zero);
        }
        catch (Exception exception) when (RedisFailures.IsAway(exception) || exception is BrokenCircuitException)
        {
            if (exception is not BrokenCircuitException)
                RedisIsAway(exception.Message);
            quota = local.Take($"{what} {userId} {streamId}", limit);
        }

        if (quota.Remaining < 0)
            metrics.Exceeded(what);
        return quota;
    }

    private static string ReadScript()
    {
        using var resource = typeof(ReactionLimits).Assembly.GetManifestResourceStream("react.lua")!;
        using var reader = new StreamReader(resource);
        // Without its comments: the client looks the text up by its hash for each reaction, and reads all of it for that.
        return string.Join('\n', reader.ReadToEnd().Split('\n').Where(line => !line.TrimStart().StartsWith("--", StringComparison.Ordinal)));
    }

    [LoggerMessage(LogLevel.Warning, "Redis does not answer; limits on reactions are kept by this process alone. {Reason}")]
    private partial void RedisIsAway(string reason);
}
