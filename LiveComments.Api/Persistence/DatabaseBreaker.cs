using Npgsql;
using Polly;
using Polly.CircuitBreaker;

namespace LiveComments.Api.Persistence;

/// <summary>
/// Stands before Postgres for those who can do without it, or say 503: nobody waits for a Postgres that doesn't answer longer than
/// the time given, and when it has not answered several times nobody asks it for a while.
/// </summary>
sealed class DatabaseBreaker
{
    // Five failures within 30 s: stop asking for 10 s, then try one.
    private const int FailuresToOpen = 5;
    private static readonly TimeSpan SamplingDuration = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan OpenDuration = TimeSpan.FromSeconds(10);

    private readonly CircuitBreakerStateProvider _state = new();
    private readonly ResiliencePipeline _pipeline;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _clock;

    public DatabaseBreaker(TimeSpan timeout, TimeProvider clock)
    {
        (_timeout, _clock) = (timeout, clock);
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                StateProvider = _state,
                ShouldHandle = new PredicateBuilder().Handle<NpgsqlException>().Handle<TimeoutException>(),
                // Any share of failures counts, as long as there are enough of them.
                FailureRatio = 0.1,
                MinimumThroughput = FailuresToOpen,
                SamplingDuration = SamplingDuration,
                BreakDuration = OpenDuration,
            })
            .Build();
    }

    /// <summary>Nobody asks Postgres at present.</summary>
    public bool IsOpen => _state.CircuitState is CircuitState.Open or CircuitState.Isolated;

    /// <exception cref="NpgsqlException">Postgres refused.</exception>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    /// <exception cref="BrokenCircuitException">It is not asked at present.</exception>
    public async Task<T> ReadAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken) =>
        await _pipeline.ExecuteAsync(
            static async (question, token) =>
            {
                var timeout = CancellationTokenSource.CreateLinkedTokenSource(token);
                try
                {
                    return await question.Read(timeout.Token).WaitAsync(question.Timeout, question.Clock, token);
                }
                catch (TimeoutException)
                {
                    // Not awaited: telling a Postgres that hangs to stop takes as long as it hangs.
                    _ = timeout.CancelAsync();
                    throw;
                }
            },
            (Read: read, Timeout: _timeout, Clock: _clock), cancellationToken);
}
