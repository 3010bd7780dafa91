using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Each strategy on its own: the ranges that Polly's options declare.</summary>
[OptionsValidator]
internal sealed partial class HttpStandardResilienceOptionsValidator : IValidateOptions<HttpStandardResilienceOptions>;

/// <summary>The strategies together.</summary>
internal sealed class HttpStandardResilienceConsistency : IValidateOptions<HttpStandardResilienceOptions>
{
    // A breaker that samples for less sees an attempt begin and not end.
    private const int SamplesPerAttempt = 2;

    public ValidateOptionsResult Validate(string? name, HttpStandardResilienceOptions options)
    {
        var faults = new ValidateOptionsResultBuilder();
        var attempt = options.AttemptTimeout.Timeout;

        if (options.TotalRequestTimeout.Timeout is var total && total < attempt)
        {
            faults.AddError(
                $"The total request timeout ({total.TotalSeconds} s) must not be shorter than the attempt timeout ({attempt.TotalSeconds} s).");
        }

        if (options.CircuitBreaker.SamplingDuration is var sampling && sampling < attempt * SamplesPerAttempt)
        {
            faults.AddError(
                $"The sampling duration of the circuit breaker ({sampling.TotalSeconds} s) must be at least {SamplesPerAttempt} × the attempt timeout ({attempt.TotalSeconds} s).");
        }

        return faults.Build();
    }
}
