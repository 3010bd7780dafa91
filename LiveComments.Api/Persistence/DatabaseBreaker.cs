using LiveComments.ServiceDefaults.Breakers;
using Npgsql;
using Polly.CircuitBreaker;

namespace LiveComments.Api.Persistence;

/// <summary>
/// Stands before Postgres for those who can do without it, or say 503: nobody waits for a Postgres that doesn't answer longer than
/// the time given, and when it has not answered several times nobody asks it for a while.
/// </summary>
/// <param name="name">As metrics and logs know it.</param>
/// <param name="timeout">Of one question.</param>
/// <param name="clock">Measures that.</param>
/// <param name="metrics">Where its state is told.</param>
/// <param name="logger">Told when it opens and closes.</param>
sealed class DatabaseBreaker(string name, TimeSpan timeout, TimeProvider clock, BreakerMetrics? metrics = null, ILogger? logger = null)
{
    private readonly Breaker _breaker = new(name, BreakerLimits.Postgres, clock, metrics, logger);

    /// <summary>Nobody asks Postgres at present.</summary>
    public bool IsOpen => _breaker.State == BreakerState.Open;

    /// <exception cref="NpgsqlException">Postgres refused.</exception>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    /// <exception cref="BrokenCircuitException">It is not asked at present.</exception>
    public async Task<T> ReadAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken) =>
        await _breaker.CallAsync(
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
            (Read: read, Timeout: timeout, Clock: clock),
            static exception => exception is NpgsqlException or TimeoutException, cancellationToken);
}
