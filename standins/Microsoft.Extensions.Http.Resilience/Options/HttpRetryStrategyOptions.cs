using Polly;
using Polly.Retry;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Retries transient HTTP failures: three times, after growing, jittered delays or when the server said.</summary>
public class HttpRetryStrategyOptions : RetryStrategyOptions<HttpResponseMessage>
{
    private bool _shouldRetryAfterHeader;

    /// <summary>Sets the defaults.</summary>
    public HttpRetryStrategyOptions()
    {
        ShouldHandle = arguments =>
            ValueTask.FromResult(HttpClientResiliencePredicates.IsTransient(arguments.Outcome, arguments.Context.CancellationToken));
        BackoffType = DelayBackoffType.Exponential;
        UseJitter = true;
        ShouldRetryAfterHeader = true;
    }

    /// <summary>Waits as long as a Retry-After header says, where a response has one. Setting it replaces the delay generator.</summary>
    public bool ShouldRetryAfterHeader
    {
        get => _shouldRetryAfterHeader;
        set
        {
            _shouldRetryAfterHeader = value;
            DelayGenerator = value ? DelayByHeader : null;
        }
    }

    // No value means: the strategy's own delay.
    private static ValueTask<TimeSpan?> DelayByHeader(RetryDelayGeneratorArguments<HttpResponseMessage> arguments) =>
        ValueTask.FromResult(RetryAfter.Of(arguments.Outcome.Result, TimeProvider.System));
}
