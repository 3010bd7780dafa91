using LiveComments.ServiceDefaults.Breakers;

namespace LiveComments.Api.Persistence;

/// <summary>Reading Postgres for an answer: history, lists, single comments. One breaker for all of them, since one Postgres stands behind.</summary>
sealed class DatabaseReads(TimeProvider clock, BreakerMetrics? metrics = null, ILogger<DatabaseReads>? logger = null)
{
    public const string BreakerName = "postgres.reads";

    /// <summary>A page takes some milliseconds; who waits longer than this is better told to come back.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly DatabaseBreaker _breaker = new(BreakerName, Timeout, clock, metrics, logger);

    /// <inheritdoc cref="DatabaseBreaker.ReadAsync"/>
    public Task<T> ReadAsync<T>(Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken) => _breaker.ReadAsync(read, cancellationToken);
}
