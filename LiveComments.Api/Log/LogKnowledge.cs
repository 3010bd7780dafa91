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
        try
        {
            return await WrittenAsync(
                """
                select written.epoch, written.sequence, written.last_entry, (select max(epoch) from log_epochs where shard = $1)
                from (select 1) one left join log_offsets written on written.shard = $1
                """, shard, cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn)
        {
            // A database that no persister has seen yet, or none of this version.
        }

        try
        {
            return await WrittenAsync("select epoch, sequence, null::text, null::int from log_offsets where shard = $1", shard, cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return null;
        }
    }

    private async Task<Known?> WrittenAsync(string query, int shard, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(query);
        command.Parameters.Add(new NpgsqlParameter { Value = shard });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return null;
        Cursor? written = await reader.IsDBNullAsync(0, cancellationToken) ? null : new Cursor(reader.GetInt32(0), (ulong)reader.GetInt64(1));
        Cursor? begun = await reader.IsDBNullAsync(3, cancellationToken) ? null : new Cursor(reader.GetInt32(3), 0);
        // Of an older one only what is left of it is written any more.
        if (begun is { } newer && !(written?.Epoch >= newer.Epoch))
            return new Known(newer, null);
        if (written is not { } place)
            return null;
        var last = await reader.IsDBNullAsync(2, cancellationToken) ? null : KnownEntry.Parse(reader.GetString(2));
        // Somebody may have set the offset by hand.
        return new Known(place, last?.Place == place ? last : null);
    }

    // The cursor alone says how far the log went.
    private readonly record struct Known(Cursor Place, KnownEntry? Entry);
}
