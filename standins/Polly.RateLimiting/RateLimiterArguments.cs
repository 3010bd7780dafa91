using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;

namespace Polly.RateLimiting;

/// <summary>What a limiter is told.</summary>
/// <param name="context">The execution that asks.</param>
[SuppressMessage("Performance", "CA1815", Justification = "Arguments are never compared.")]
public readonly struct RateLimiterArguments(ResilienceContext context)
{
    /// <summary>The execution that asks.</summary>
    public ResilienceContext Context { get; } = context;
}

/// <summary>What a rejection handler is told.</summary>
/// <param name="context">The execution that was turned away.</param>
/// <param name="lease">The lease that was not acquired; it may say when to come back.</param>
[SuppressMessage("Performance", "CA1815", Justification = "Arguments are never compared.")]
public readonly struct OnRateLimiterRejectedArguments(ResilienceContext context, RateLimitLease lease)
{
    /// <summary>The execution that was turned away.</summary>
    public ResilienceContext Context { get; } = context;

    /// <summary>The lease that was not acquired; it may say when to come back.</summary>
    public RateLimitLease Lease { get; } = lease;
}
