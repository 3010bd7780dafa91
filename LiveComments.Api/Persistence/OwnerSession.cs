using System.Globalization;
using System.Runtime.CompilerServices;
using Npgsql;

namespace LiveComments.Api.Persistence;

/// <summary>The session whose advisory lock makes its process the owner. An owner of whom Postgres hears nothing is one no more.</summary>
/// <remarks>
/// When a router forgets a connection, nobody is told: the owner gives it up after a while, and Postgres would keep session and lock until
/// TCP looks, which is after two hours. So 1. Postgres ends the session when it has heard nothing for a while (version 14 and newer), and 2. an
/// owner who has nothing to write gives a sign of life.
/// </remarks>
static class OwnerSession
{
    // Longer than an owner may stand still (SIGSTOP, a machine that swaps) without losing its place, shorter than anybody wants to wait for history.
    private static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(5);

    // Of a sign of life; a healthy answer takes a millisecond.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>1. Before the lock is asked for; ends when the connection goes back to its pool.</summary>
    public static async Task LimitSilenceAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var limit = string.Create(CultureInfo.InvariantCulture, $"'{MaxSilence.TotalMilliseconds:0} ms'");
        await using var command = new NpgsqlCommand($"set idle_session_timeout = {limit}; set idle_in_transaction_session_timeout = {limit}", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>2. The same items; while none comes, the session is kept alive. The connection is the reader's while it has an item.</summary>
    public static async IAsyncEnumerable<T> KeepingAliveAsync<T>(
        this IAsyncEnumerable<T> items, NpgsqlConnection connection, TimeProvider clock, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var enumerator = items.GetAsyncEnumerator(ending.Token);
        while (await NextAsync(enumerator.MoveNextAsync().AsTask(), connection, clock, ending))
            yield return enumerator.Current;
    }

    private static async Task<bool> NextAsync(Task<bool> next, NpgsqlConnection connection, TimeProvider clock, CancellationTokenSource ending)
    {
        while (await IsSilentAsync(next, clock))
        {
            try
            {
                await using var command = new NpgsqlCommand("select 1", connection) { CommandTimeout = (int)Timeout.TotalSeconds };
                await command.ExecuteNonQueryAsync(ending.Token);
            }
            catch
            {
                // Whoever reads must have come to its end before it can be put away.
                await ending.CancelAsync();
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }
        }

        return await next;
    }

    private static async Task<bool> IsSilentAsync(Task<bool> next, TimeProvider clock)
    {
        if (next.IsCompleted)
            return false;
        await ((Task)next).WaitAsync(SignOfLife, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !next.IsCompleted;
    }
}
