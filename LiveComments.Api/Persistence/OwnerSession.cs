using System.Globalization;
using System.Runtime.CompilerServices;
using Npgsql;

namespace LiveComments.Api.Persistence;

/// <summary>The session whose advisory lock makes its process the owner. An owner of whom Postgres hears nothing is one no more.</summary>
/// <remarks>
/// When a router forgets a connection, nobody is told: the owner gives it up after a while, and Postgres would keep session and lock until
/// TCP looks, which is after two hours. So 1. Postgres ends the session when it has heard nothing for a while (version 14 and newer), 2. an
/// owner who has nothing to write gives a sign of life, and 3. who stands by ends a session that has waited as long for the rest of a COPY: to Postgres that is a
/// statement at work, to which no time limit applies while it waits for its client.
/// </remarks>
static class OwnerSession
{
    // Longer than an owner may stand still (SIGSTOP, a machine that swaps) without losing its place, shorter than anybody wants to wait for history.
    public static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(15);
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

    /// <summary>3. True when there was such a session, which has no lock any more a moment later. Its transaction is rolled back: nothing of it is written.</summary>
    /// <param name="connection">Of a process that stands by, with the same user.</param>
    /// <param name="lockKey">The advisory lock's.</param>
    /// <param name="silence">For how long it has been in that statement.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    public static async Task<bool> EndSilentAsync(NpgsqlConnection connection, long lockKey, TimeSpan silence, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select pg_terminate_backend(owner.pid)
            from pg_locks held join pg_stat_activity owner on owner.pid = held.pid
            where held.locktype = 'advisory' and held.granted and held.objsubid = 1
                and held.database = (select oid from pg_database where datname = current_database())
                and held.classid::bigint = $1 >> 32 and held.objid::bigint = $1 & 4294967295
                and owner.state = 'active' and owner.wait_event = 'ClientRead' and owner.query_start < clock_timestamp() - $2
            """, connection)
        {
            Parameters = { new() { Value = lockKey }, new() { Value = silence } },
        };
        return await command.ExecuteScalarAsync(cancellationToken) is true;
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
