using System.Text.Json;
using LiveComments.Api.Log;
using LiveComments.Contracts;
using Microsoft.Extensions.Options;
using NATS.Client.Core;

namespace LiveComments.Api.Streams;

/// <summary>Ends a stream.</summary>
/// <remarks>
/// 1. Decide: one entry on the stream's control subject, which takes no second one. From here on the stream has ended,
///    and every process hears it from the log: <see cref="ControlFollower"/>.
/// 2. Tell viewers: an entry among the stream's others. Whoever hears of the decision does this, lest it be forgotten
///    when the first of them dies in between; they all use one message id, so the log keeps one entry.
/// </remarks>
sealed class StreamEnding(LogAppender log, StreamDirectory directory, IOptions<LogOptions> options, TimeProvider clock)
{
    // Half the time for which the log recognises a message id: later, saying it again might store it again.
    private readonly TimeSpan _announceWithin = options.Value.DuplicateWindow / 2;

    /// <summary>The ended stream, however often it is ended; null when the log gave no answer, and trying again is safe.</summary>
    public async Task<LiveStream?> EndAsync(LiveStream stream, CancellationToken cancellationToken)
    {
        var ended = stream.Status == StreamStatus.Ended ? stream : await DecideAsync(stream, cancellationToken);
        return ended is not null && await AnnounceAsync(ended, cancellationToken) ? ended : null;
    }

    /// <summary>False when the log gave no answer.</summary>
    public async Task<bool> AnnounceAsync(LiveStream ended, CancellationToken cancellationToken)
    {
        if (clock.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(ended.EndedAt ?? 0) > _announceWithin)
            return true;
        var messageId = MessageId.Of(LogEventTypes.StreamEnded, ended.Id);
        return await log.AppendAsync(ended.Id, LogEventTypes.StreamEnded, Body(ended), messageId, new NatsHeaders(), mustBeFirst: false, cancellationToken)
            is AppendResult.Stored or AppendResult.Duplicate;
    }

    private async Task<LiveStream?> DecideAsync(LiveStream stream, CancellationToken cancellationToken)
    {
        var ended = stream with { Status = StreamStatus.Ended, EndedAt = clock.GetUtcNow().ToUnixTimeMilliseconds() };
        // A new message id each time: who comes second must hear so, and then takes the first one's end for its own.
        var messageId = MessageId.Of(LogEventTypes.StreamEnded, stream.Id, Guid.NewGuid().ToString());
        switch (await log.DecideAsync(stream.Id, LogEventTypes.StreamEnded, Body(ended), messageId, cancellationToken))
        {
            // A duplicate is this decision, too: it was carried into another epoch while it was under way.
            case AppendResult.Stored or AppendResult.Duplicate:
                directory.Remember(ended);
                return ended;
            case AppendResult.NotFirst:
                return await directory.DecidedAsync(stream.Id, cancellationToken);
            default:
                return null;
        }
    }

    private static byte[] Body(LiveStream stream) => JsonSerializer.SerializeToUtf8Bytes(stream, ContractsJson.Wire.LiveStream);
}
