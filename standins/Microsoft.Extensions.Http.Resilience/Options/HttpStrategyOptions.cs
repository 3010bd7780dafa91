using Polly.CircuitBreaker;
using Polly.RateLimiting;
using Polly.Timeout;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>A time-out for HTTP requests.</summary>
public class HttpTimeoutStrategyOptions : TimeoutStrategyOptions
{
}

/// <summary>A rate limit for HTTP requests.</summary>
public class HttpRateLimiterStrategyOptions : RateLimiterStrategyOptions
{
}

/// <summary>A circuit breaker that counts transient HTTP failures.</summary>
public class HttpCircuitBreakerStrategyOptions : CircuitBreakerStrategyOptions<HttpResponseMessage>
{
    /// <summary>Sets the defaults.</summary>
    public HttpCircuitBreakerStrategyOptions() =>
        ShouldHandle = arguments => ValueTask.FromResult(HttpClientResiliencePredicates.IsTransient(arguments.Outcome));
}
