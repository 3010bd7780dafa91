using LiveComments.ServiceDefaults.Connections;
using Microsoft.Extensions.Logging;
using Polly.CircuitBreaker;
using StackExchange.Redis;

namespace LiveComments.ServiceDefaults.Breakers;

/// <summary>
/// Stands before Redis for those who can do without it, or say 503: nobody waits for a Redis that doesn't answer longer than the time given, and when it
/// has not answered several times nobody asks it for a while.
/// </summary>
/// <param name="name">As metrics and logs know it.</param>
/// <param name="redis">It.</param>
/// <param name="timeout">Of one question.</param>
/// <param name="clock">Measures that.</param>
/// <param name="metrics">Where its state is told.</param>
/// <param name="logger">Told when it opens and closes.</param>
public sealed class RedisBreaker(string name, IConnectionMultiplexer redis, TimeSpan timeout, TimeProvider clock, BreakerMetrics? metrics = null, ILogger? logger = null)
{
    private readonly Breaker _breaker = new(name, BreakerLimits.Redis, clock, metrics, logger);

    /// <summary>What a call throws that did not get through, <see cref="RedisFailures.IsAway"/> knows.</summary>
    /// <exception cref="RedisException">Redis is away; or another exception that says so.</exception>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    /// <exception cref="BrokenCircuitException">It is not asked at present.</exception>
    public ValueTask<T> AskAsync<T>(Func<IDatabase, Task<T>> ask, CancellationToken cancellationToken) => _breaker.CallAsync(
        static async (question, token) => await question.Ask(question.Redis.GetDatabase()).WaitAsync(question.Timeout, question.Clock, token),
        (Ask: ask, Redis: redis, Timeout: timeout, Clock: clock), RedisFailures.IsAway, cancellationToken);
}
