using System.Collections.Concurrent;
using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;

namespace LiveComments.Api.Streams;

/// <summary>Which streams there are, by the log. Kept in memory, so that a post asks nobody.</summary>
sealed class StreamDirectory(CurrentLog currentLog)
{
    // About 100 MB at the largest descriptions; past it the memory starts anew.
    private const int MaxRemembered = 20_000;

    private readonly ConcurrentDictionary<string, LiveStream> _streams = new(StringComparer.Ordinal);

    public void Remember(LiveStream stream)
    {
        if (_streams.Count >= MaxRemembered)
            _streams.Clear();
        _streams[stream.Id] = stream;
    }

    /// <summary>Null when there is no such stream.</summary>
    public async ValueTask<LiveStream?> FindAsync(string streamId, CancellationToken cancellationToken)
    {
        if (_streams.TryGetValue(streamId, out var known))
            return known;
        var log = await currentLog.WaitAsync(cancellationToken);
        // A stream's first entry says what it is.
        var first = await log.NextAsync(streamId, 1, cancellationToken);
        if (first?.EventType != LogEventTypes.StreamCreated)
            return null;
        var stream = JsonSerializer.Deserialize(first.Body.Span, ContractsJson.Default.LiveStream);
        if (stream is not null)
            Remember(stream);
        return stream;
    }
}
