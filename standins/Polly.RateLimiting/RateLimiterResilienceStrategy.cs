using System.Runtime.ExceptionServices;
using System.Threading.RateLimiting;
using Polly.Telemetry;

namespace Polly.RateLimiting;

/// <summary>Holds a lease for as long as the execution runs. Owns <paramref name="ownedLimiter"/>, if there is one.</summary>
internal sealed class RateLimiterResilienceStrategy(
    Func<RateLimiterArguments, ValueTask<RateLimitLease>> acquire,
    Func<OnRateLimiterRejectedArguments, ValueTask>? onRejected,
    ResilienceStrategyTelemetry telemetry,
    RateLimiter? ownedLimiter) : ResilienceStrategy, IDisposable, IAsyncDisposable
{
    private static readonly ResilienceEvent RejectedEvent = new(ResilienceEventSeverity.Error, "OnRateLimiterRejected");

    public void Dispose() => ownedLimiter?.Dispose();

    public ValueTask DisposeAsync() => ownedLimiter?.DisposeAsync() ?? ValueTask.CompletedTask;

    protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback,
        ResilienceContext context,
        TState state)
    {
        using var lease = await acquire(new RateLimiterArguments(context)).ConfigureAwait(context.ContinueOnCapturedContext);
        if (lease.IsAcquired)
            return await callback(context, state).ConfigureAwait(context.ContinueOnCapturedContext);

        var rejected = new OnRateLimiterRejectedArguments(context, lease);
        telemetry.Report(RejectedEvent, context, rejected);
        if (onRejected is not null)
            await onRejected(rejected).ConfigureAwait(context.ContinueOnCapturedContext);

        var exception = lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter)
            ? new RateLimiterRejectedException(retryAfter)
            : new RateLimiterRejectedException();
        // It travels as a value and is perhaps never thrown: give it a stack trace where it arose.
        ExceptionDispatchInfo.SetCurrentStackTrace(exception);
        return Outcome.FromException<TResult>(exception);
    }
}
