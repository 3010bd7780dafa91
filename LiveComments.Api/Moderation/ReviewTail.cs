using LiveComments.Api.Moderation.State;
using LiveComments.Api.Persistence;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Npgsql;

namespace LiveComments.Api.Moderation;

/// <summary>
/// What the log says about held comments, and Postgres not yet: what was decided a moment ago waits no more, whichever
/// process decided it.
/// </summary>
sealed class ReviewTail(NpgsqlDataSource database, DatabaseReads reads, CurrentLog currentLog)
{
    // Some 0.2 s to read. A persister that is further behind is catching up after an outage; the queue is closed until it has.
    private const int MaxEntries = 20_000;

    /// <summary>Reads something of held comments from Postgres, together with what was decided about them since.</summary>
    /// <returns>What was read, and the newest decision about each comment that Postgres may not know of.</returns>
    /// <exception cref="TimeoutException">Postgres is too far behind to say what waits.</exception>
    public async Task<(T Read, IReadOnlyDictionary<string, ModerationAct> Decided)> ReadAsync<T>(
        string streamId, Func<CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        var log = await currentLog.WaitAsync(cancellationToken);
        // In this order: what is written between the two is then found twice, and never missed.
        var (written, found) = await reads.ReadAsync(
            async token => (await ModerationRows.WrittenAsync(database, log.Shard, token), await read(token)), cancellationToken);
        return (found, await DecidedAsync(log, streamId, written, cancellationToken));
    }

    /// <summary>The newest decision about each comment of the stream that lies behind what Postgres has.</summary>
    public static async Task<IReadOnlyDictionary<string, ModerationAct>> DecidedAsync(LogHandle log, string streamId, Cursor? written, CancellationToken cancellationToken)
    {
        var decided = new Dictionary<string, ModerationAct>(StringComparer.Ordinal);
        var looked = 0;
        foreach (var part in log.Older.Append(log))
        {
            var after = part.Epoch == written?.Epoch ? written.Value.Sequence : 0;
            if (part.Epoch < written?.Epoch || await part.LastModerationAsync(streamId, cancellationToken) is not { } last || last.Sequence <= after)
                continue;
            await foreach (var entry in part.ModerationAsync(streamId, after + 1, cancellationToken))
            {
                if (++looked > MaxEntries)
                    throw new TimeoutException("Postgres is far behind the log, which alone knows what was decided.");
                if (entry.EventType == LogEventTypes.ModerationAct && ModerationFollower.Parse(entry) is { Comment: { } comment } act
                    && act.Kind is ModerationActKinds.ApproveComment or ModerationActKinds.RejectComment or ModerationActKinds.KeepComment)
                    decided[comment.Id] = act;
            }
        }

        return decided;
    }
}
