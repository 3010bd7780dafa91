using System.Collections.Concurrent;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Api.Comments;

/// <summary>
/// Which comments were removed by entries that Postgres has not got, and that are too many to be read for each page: a
/// persister that catches up after an outage. They are read once, in steps, and remembered.
/// </summary>
sealed class UnwrittenDeletions
{
    // Of one request: some 0.2 s. What is read stays read, so the next request goes on where this one stopped.
    private const int MaxEntriesPerRequest = 20_000;
    private const int Chunk = 2000;

    // Of one stream, some 4 MB; who deletes more within an outage waits for its end.
    private const int MaxDeletions = 100_000;

    // Emptied when full; an outage is over before so many streams are read back.
    private const int MaxStreams = 1000;

    private readonly ConcurrentDictionary<(string StreamId, int Epoch), Known> _streams = new();

    /// <summary>The comments that entries in the gaps deleted, hid or brought back.</summary>
    /// <returns>The caller's own.</returns>
    /// <exception cref="TimeoutException">There is more to read than one request may; the next one goes on.</exception>
    public async Task<RemovedComments> ReadAsync(string streamId, IReadOnlyList<LogGap> gaps, CancellationToken cancellationToken)
    {
        var deleted = new RemovedComments();
        foreach (var gap in gaps)
            await AddAsync(deleted, streamId, gap, cancellationToken);
        return deleted;
    }

    private async Task AddAsync(RemovedComments deleted, string streamId, LogGap gap, CancellationToken cancellationToken)
    {
        if (_streams.Count >= MaxStreams)
            _streams.Clear();
        var known = _streams.GetOrAdd((streamId, gap.Log.Epoch), static _ => new Known());
        // Readers of one stream read for one another.
        await known.Gate.WaitAsync(cancellationToken);
        try
        {
            if (gap.After < known.After || gap.After > known.Through)
                (known.After, known.Through, known.Deleted) = (gap.After, gap.After, new RemovedComments());
            for (var read = 0; known.Through < gap.Through; read += Chunk)
            {
                if (read >= MaxEntriesPerRequest || known.Deleted.Count >= MaxDeletions)
                    throw new TimeoutException("Postgres is far behind the log, which is still being read.");
                await ReadOnAsync(gap.Log, streamId, known, gap.Through, cancellationToken);
            }

            deleted.UnionWith(known.Deleted);
        }
        finally
        {
            known.Gate.Release();
        }
    }

    private static async Task ReadOnAsync(LogHandle log, string streamId, Known known, ulong through, CancellationToken cancellationToken)
    {
        var entries = await log.OldestAsync(streamId, known.Through + 1, through, Chunk, cancellationToken);
        foreach (var entry in entries)
            known.Deleted.Take(entry, log.Epoch);

        known.Through = entries.Count < Chunk ? through : entries[^1].Sequence;
    }

    /// <summary>Changed by the holder of the gate alone.</summary>
    private sealed class Known
    {
        // Not disposed: it has no handle, and a reader may still wait at it when the stream is forgotten.
        public SemaphoreSlim Gate { get; } = new(1);

        public ulong After { get; set; }

        public ulong Through { get; set; }

        public RemovedComments Deleted { get; set; } = new();
    }
}
