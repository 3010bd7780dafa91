using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Connections;
using Npgsql;

namespace LiveComments.Api.Log;

/// <summary>What is known of the log outside of it.</summary>
/// <param name="Newest">The newest entry anybody has seen; null when nobody who answered has seen one.</param>
/// <param name="Silent">Who did not answer.</param>
readonly record struct KnownOfLog(Cursor? Newest, IReadOnlyList<string> Silent);

/// <summary>Asks everybody who may know how far the log once went: this process, Redis, and Postgres.</summary>
sealed class LogKnowledge(LogTrust trust, LogMark mark, NpgsqlDataSource database, TimeProvider clock)
{
    // Appends wait for the answer after each reconnect, and their first must be acknowledged within 3 s of nats-server's return.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(1);

    public async Task<KnownOfLog> AskAsync(int shard, CancellationToken cancellationToken)
    {
        var own = trust.Highest;
        var silent = new List<string>();
        var answers = await Task.WhenAll(
            TryAsync("Redis", token => mark.ReadAsync(shard, token), silent, cancellationToken),
            TryAsync("Postgres", token => WrittenAsync(shard, token), silent, cancellationToken));
        var newest = answers.Append(own).Where(cursor => cursor is not null).OrderDescending().FirstOrDefault();
        return new KnownOfLog(newest, silent);
    }

    private async Task<Cursor?> TryAsync(string whom, Func<CancellationToken, Task<Cursor?>> ask, List<string> silent, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(AnswerTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            // Waited for here as well: not everything that is asked gives up in time.
            return await ask(either.Token).WaitAsync(either.Token);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested
            && (RedisFailures.IsAway(exception) || exception is NpgsqlException or OperationCanceledException))
        {
            lock (silent)
                silent.Add(whom);
            return null;
        }
    }

    private async Task<Cursor?> WrittenAsync(int shard, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select epoch, sequence from log_offsets where shard = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = shard });
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            return await reader.ReadAsync(cancellationToken) ? new Cursor(reader.GetInt32(0), (ulong)reader.GetInt64(1)) : null;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            // A database that no persister has seen yet.
            return null;
        }
    }
}
