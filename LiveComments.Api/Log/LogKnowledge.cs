using System.Collections.Concurrent;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Connections;
using Npgsql;

namespace LiveComments.Api.Log;

/// <summary>What is known of the log outside of it.</summary>
/// <param name="Newest">The newest entry anybody has seen; null when nobody who answered has seen one.</param>
/// <param name="Entries">Some that the log had, the newest that each knows of, of whatever epochs.</param>
/// <param name="Silent">Who did not answer.</param>
readonly record struct KnownOfLog(Cursor? Newest, IReadOnlyList<KnownEntry> Entries, IReadOnlyList<string> Silent);

/// <summary>Asks everybody who may know how far the log once went: this process, Redis, and Postgres.</summary>
sealed class LogKnowledge(LogTrust trust, LogMark mark, NpgsqlDataSource database, TimeProvider clock)
{
    // Appends wait for the answer after each reconnect, and their first must be acknowledged within 3 s of nats-server's return.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(1);

    public async Task<KnownOfLog> AskAsync(int shard, CancellationToken cancellationToken)
    {
        var own = trust.Highest;
        List<KnownEntry?> entries = [.. trust.ToBeFound];
        var silent = new ConcurrentQueue<string>();
        var marked = TryAsync("Redis", async token => await mark.ReadAsync(shard, token) is { } cursor ? (Known?)new Known(cursor, null) : null, silent, cancellationToken);
        // Of all processes, and those that died: one that finds nothing of its own missing must not confirm what another knows to be another log.
        var acknowledged = TryAsync("Redis", async token => await mark.ReadAcknowledgedAsync(shard, token) is { } entry ? (Known?)new Known(entry.Place, entry) : null, silent, cancellationToken);
        var written = TryAsync("Postgres", token => WrittenAsync(shard, token), silent, cancellationToken);
        Cursor? newest = own;
        foreach (var known in await Task.WhenAll(marked, acknowledged, written))
        {
            if (known is not { } one)
                continue;
            newest = newest is { } other && other > one.Place ? other : one.Place;
            entries.Add(one.Entry);
        }

        return new KnownOfLog(newest, [.. entries.OfType<KnownEntry>()], [.. silent.Distinct()]);
    }

    private async Task<Known?> TryAsync(string whom, Func<CancellationToken, Task<Known?>> ask, ConcurrentQueue<string> silent, CancellationToken cancellationToken)
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
            silent.Enqueue(whom);
            return null;
        }
    }

    private async Task<Known?> WrittenAsync(int shard, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select (select max(epoch) from log_epochs where shard = $1), written.epoch, written.sequence, written.last_entry
            from (select 1) one left join log_offsets written on written.shard = $1
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = shard });
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            Cursor? begun = await reader.IsDBNullAsync(0, cancellationToken) ? null : new Cursor(reader.GetInt32(0), 0);
            Cursor? written = await reader.IsDBNullAsync(1, cancellationToken) ? null : new Cursor(reader.GetInt32(1), (ulong)reader.GetInt64(2));
            // Nothing of an older one is written any more.
            if (begun is { } newer && !(written?.Epoch >= newer.Epoch))
                return new Known(newer, null);
            if (written is not { } place)
                return null;
            // Somebody may have set the offset by hand.
            return new Known(place, !await reader.IsDBNullAsync(3, cancellationToken) && KnownEntry.Parse(reader.GetString(3)) is { } last && last.Place == place ? last : null);
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn)
        {
            // A database that no persister has seen yet.
            return null;
        }
    }

    // The cursor alone says how far the log went.
    private readonly record struct Known(Cursor Place, KnownEntry? Entry);
}
