using System.Collections.Concurrent;
using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using Npgsql;

namespace LiveComments.Api.Streams;

/// <summary>
/// Which streams there are and whether they are live, by the log; of those that the log has forgotten, by Postgres.
/// Kept in memory, so that a post asks nobody; <see cref="ControlFollower"/> brings what is decided later.
/// </summary>
sealed class StreamDirectory(CurrentLog currentLog, NpgsqlDataSource database)
{
    // About 100 MB at the largest descriptions; past it the memory starts anew.
    private const int MaxRemembered = 20_000;

    private readonly ConcurrentDictionary<string, LiveStream> _streams = new(StringComparer.Ordinal);

    /// <summary>What this process knows at the moment, and perhaps nobody else any more.</summary>
    public IReadOnlyCollection<LiveStream> Remembered => [.. _streams.Values];

    /// <summary>Takes the stream's state, unless it is known to have ended: that is for ever.</summary>
    public void Remember(LiveStream stream)
    {
        if (_streams.Count >= MaxRemembered)
            _streams.Clear();
        _streams.AddOrUpdate(stream.Id, stream, (_, known) => known.Status == StreamStatus.Ended ? known : stream);
    }

    /// <summary>Null when there is no such stream.</summary>
    public async ValueTask<LiveStream?> FindAsync(string streamId, CancellationToken cancellationToken)
    {
        if (_streams.TryGetValue(streamId, out var known))
            return known;
        // 1. What the stream is.
        var log = await currentLog.WaitAsync(cancellationToken);
        var stream = await CreatedAsync(log, streamId, cancellationToken) ?? await StreamRows.FindAsync(database, streamId, cancellationToken);
        if (stream is null)
            return null;
        // 2. Remembered before asking whether it has ended: an end that is not in the answer comes to what is remembered by then.
        Remember(stream);
        // 3. Whether it has ended.
        return await DecidedAsync(streamId, cancellationToken) ?? stream;
    }

    /// <summary>What was decided about the stream, asked of the log itself; null when nothing was.</summary>
    public async Task<LiveStream?> DecidedAsync(string streamId, CancellationToken cancellationToken)
    {
        var log = await currentLog.WaitAsync(cancellationToken);
        if (await log.LastControlAsync(streamId, cancellationToken) is not { EventType: LogEventTypes.StreamEnded } control)
            return null;
        var stream = Parse(control);
        Remember(stream);
        return stream;
    }

    public static LiveStream Parse(LogEntry entry) =>
        JsonSerializer.Deserialize(entry.Body.Span, ContractsJson.Default.LiveStream) ?? throw new InvalidDataException($"The log's entry {entry.Sequence} has no stream in it.");

    // A stream's first entry says what it is.
    private static async Task<LiveStream?> CreatedAsync(LogHandle log, string streamId, CancellationToken cancellationToken) =>
        await log.NextAsync(streamId, 1, cancellationToken) is { EventType: LogEventTypes.StreamCreated } first ? Parse(first) : null;
}
