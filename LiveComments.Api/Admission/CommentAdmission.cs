using LiveComments.Contracts;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using StackExchange.Redis;

namespace LiveComments.Api.Admission;

/// <summary>Decides whether a user may post now: by Redis, or by this process alone while Redis is away. Never an error for that reason.</summary>
sealed partial class CommentAdmission(RedisAdmission redis, LocalAdmission local, AdmissionMetrics metrics, IOptionsMonitor<AdmissionOptions> options, TimeProvider clock, ILogger<CommentAdmission> logger)
{
    // A healthy answer takes well under a millisecond; a post must not wait for a Redis that hangs.
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(250);

    // Five failures within 30 s: stop asking for 5 s, then try one.
    private const int FailuresToOpen = 5;
    private static readonly TimeSpan SamplingDuration = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan OpenDuration = TimeSpan.FromSeconds(5);

    private readonly (ResiliencePipeline<AdmissionVerdict> Pipeline, CircuitBreakerStateProvider State) _breaker = BreakerOf(clock);

    public async ValueTask<AdmissionVerdict> AdmitAsync(string streamId, string userId, string? key, CancellationToken cancellationToken)
    {
        var (globally, perStream) = (options.CurrentValue.CommentsGlobally, options.CurrentValue.CommentsPerStream);
        AdmissionVerdict verdict;
        try
        {
            verdict = await _breaker.Pipeline.ExecuteAsync(
                static async (question, token) => await question.AskRedis().WaitAsync(Timeout, question.Clock, token),
                new Question(redis, clock, streamId, userId, key, globally, perStream), cancellationToken);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or BrokenCircuitException)
        {
            if (exception is not BrokenCircuitException)
                RedisIsAway(exception.Message);
            verdict = local.Admit(streamId, userId, globally, perStream);
        }

        if (verdict is AdmissionVerdict.TooMany(var quota))
            metrics.Exceeded(quota.Limit == globally.Count && quota.Window == globally.Window ? "global" : "stream");
        return verdict;
    }

    /// <summary>Remembers where the key's comment lies, when Redis is there to be told. If it isn't: the log remembers for its duplicate window, Postgres for ever.</summary>
    public void Remember(string streamId, string userId, string key, Cursor cursor, string requestHash)
    {
        if (_breaker.State.CircuitState is CircuitState.Closed)
            redis.Remember(streamId, userId, key, cursor, requestHash);
    }

    // Made for this one result, and without a strategy for the time-out: each of the two would be several objects a post.
    private static (ResiliencePipeline<AdmissionVerdict> Pipeline, CircuitBreakerStateProvider State) BreakerOf(TimeProvider clock)
    {
        var state = new CircuitBreakerStateProvider();
        var pipeline = new ResiliencePipelineBuilder<AdmissionVerdict> { TimeProvider = clock }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<AdmissionVerdict>
            {
                StateProvider = state,
                ShouldHandle = new PredicateBuilder<AdmissionVerdict>().Handle<RedisException>().Handle<TimeoutException>(),
                // Any share of failures counts, as long as there are enough of them.
                FailureRatio = 0.1,
                MinimumThroughput = FailuresToOpen,
                SamplingDuration = SamplingDuration,
                BreakDuration = OpenDuration,
            })
            .Build();
        return (pipeline, state);
    }

    private readonly record struct Question(RedisAdmission Redis, TimeProvider Clock, string StreamId, string UserId, string? Key, RateLimit Globally, RateLimit PerStream)
    {
        public Task<AdmissionVerdict> AskRedis() => Redis.AdmitAsync(StreamId, UserId, Key, Globally, PerStream);
    }

    [LoggerMessage(LogLevel.Warning, "Redis does not answer; limits are kept by this process alone. {Reason}")]
    private partial void RedisIsAway(string reason);
}
