namespace Polly.RateLimiting;

/// <summary>An execution was turned away before it began.</summary>
public sealed class RateLimiterRejectedException : ExecutionRejectedException
{
    private const string Rejected = "The rate limiter rejected this execution.";

    /// <summary>Rejected, with no word on when to come back.</summary>
    public RateLimiterRejectedException()
        : base(Rejected)
    {
    }

    /// <summary>Rejected, and when to come back.</summary>
    public RateLimiterRejectedException(TimeSpan retryAfter)
        : base($"{Rejected} Retry after {retryAfter}.") => RetryAfter = retryAfter;

    /// <summary>Rejected, in other words.</summary>
    public RateLimiterRejectedException(string message)
        : base(message)
    {
    }

    /// <summary>Rejected, in other words, and when to come back.</summary>
    public RateLimiterRejectedException(string message, TimeSpan retryAfter)
        : base(message) => RetryAfter = retryAfter;

    /// <summary>Rejected, in other words and with a cause.</summary>
    public RateLimiterRejectedException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>Rejected, in other words, with a cause, and when to come back.</summary>
    public RateLimiterRejectedException(string message, TimeSpan retryAfter, Exception inner)
        : base(message, inner) => RetryAfter = retryAfter;

    /// <summary>When to come back, if the limiter knows.</summary>
    public TimeSpan? RetryAfter { get; }
}
