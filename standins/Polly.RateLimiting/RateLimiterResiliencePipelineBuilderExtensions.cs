using System.Threading.RateLimiting;
using Polly.RateLimiting;

namespace Polly;

/// <summary>Adds a limit on executions to a pipeline.</summary>
public static class RateLimiterResiliencePipelineBuilderExtensions
{
    /// <summary>So many at a time; so many more may wait.</summary>
    public static TBuilder AddConcurrencyLimiter<TBuilder>(this TBuilder builder, int permitLimit, int queueLimit = 0)
        where TBuilder : ResiliencePipelineBuilderBase =>
        builder.AddConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = permitLimit, QueueLimit = queueLimit });

    /// <summary>A concurrency limit by options.</summary>
    public static TBuilder AddConcurrencyLimiter<TBuilder>(this TBuilder builder, ConcurrencyLimiterOptions options)
        where TBuilder : ResiliencePipelineBuilderBase
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
        return builder.AddRateLimiter(new RateLimiterStrategyOptions { DefaultRateLimiterOptions = options });
    }

    /// <summary>Any limiter. It stays the caller's to dispose.</summary>
    public static TBuilder AddRateLimiter<TBuilder>(this TBuilder builder, RateLimiter limiter)
        where TBuilder : ResiliencePipelineBuilderBase
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(limiter);
        return builder.AddRateLimiter(new RateLimiterStrategyOptions
        {
            RateLimiter = arguments => limiter.AcquireAsync(cancellationToken: arguments.Context.CancellationToken),
        });
    }

    /// <summary>A limiter by options.</summary>
    public static TBuilder AddRateLimiter<TBuilder>(this TBuilder builder, RateLimiterStrategyOptions options)
        where TBuilder : ResiliencePipelineBuilderBase
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
        return builder.AddStrategy(
            context =>
            {
                if (options.RateLimiter is { } acquire)
                    return new RateLimiterResilienceStrategy(acquire, options.OnRejected, context.Telemetry, ownedLimiter: null);

                var limiter = new ConcurrencyLimiter(options.DefaultRateLimiterOptions);
                return new RateLimiterResilienceStrategy(
                    arguments => limiter.AcquireAsync(cancellationToken: arguments.Context.CancellationToken),
                    options.OnRejected,
                    context.Telemetry,
                    limiter);
            },
            options);
    }
}
