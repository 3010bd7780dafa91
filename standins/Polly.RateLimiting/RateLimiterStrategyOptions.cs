using System.ComponentModel.DataAnnotations;
using System.Threading.RateLimiting;

namespace Polly.RateLimiting;

/// <summary>Who may go through: by default 1,000 executions at a time, and nobody waits.</summary>
public class RateLimiterStrategyOptions : ResilienceStrategyOptions
{
    private const int DefaultPermits = 1000;

    /// <summary>Sets the defaults.</summary>
    public RateLimiterStrategyOptions() => Name = "RateLimiter";

    /// <summary>Asks for a lease; takes the place of <see cref="DefaultRateLimiterOptions"/>.</summary>
    public Func<RateLimiterArguments, ValueTask<RateLimitLease>>? RateLimiter { get; set; }

    /// <summary>The concurrency limiter that is used when <see cref="RateLimiter"/> is null.</summary>
    [Required]
    public ConcurrencyLimiterOptions DefaultRateLimiterOptions { get; set; } = new() { PermitLimit = DefaultPermits, QueueLimit = 0 };

    /// <summary>Called when an execution is turned away.</summary>
    public Func<OnRateLimiterRejectedArguments, ValueTask>? OnRejected { get; set; }
}
