using System.Text.Json;
using LiveComments.Api.Ids;
using LiveComments.Api.Log;
using LiveComments.Contracts;
using NATS.Client.Core;

namespace LiveComments.Api.Streams;

abstract record StreamCreationResult
{
    public sealed record Created(LiveStream Stream) : StreamCreationResult;

    public sealed record Exists(string Id) : StreamCreationResult;

    public sealed record Unavailable : StreamCreationResult;
}

/// <summary>A stream begins with the first entry on its subject: the log itself decides who was first.</summary>
sealed class StreamCreation(LogAppender log, StreamDirectory directory, Snowflake ids, TimeProvider clock)
{
    public async Task<StreamCreationResult> CreateAsync(CreateStream request, string creatorId, CancellationToken cancellationToken)
    {
        var stream = new LiveStream
        {
            Id = request.Id ?? ids.Next(),
            Title = request.Title!.Trim(),
            Description = request.Description,
            CreatorId = creatorId,
            Status = StreamStatus.Live,
            ThumbnailUrl = request.ThumbnailUrl,
            VideoUrl = request.VideoUrl,
            StartedAt = clock.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        var body = JsonSerializer.SerializeToUtf8Bytes(stream, ContractsJson.Wire.LiveStream);
        // A new message id each time: a retry finds the stream there and hears so.
        var messageId = MessageId.Of(LogEventTypes.StreamCreated, stream.Id, Guid.NewGuid().ToString());
        switch (await log.AppendAsync(stream.Id, LogEventTypes.StreamCreated, body, messageId, new NatsHeaders(), mustBeFirst: true, cancellationToken))
        {
            case AppendResult.Stored or AppendResult.Duplicate:
                directory.Remember(stream);
                return new StreamCreationResult.Created(stream);
            case AppendResult.NotFirst:
                return new StreamCreationResult.Exists(stream.Id);
            default:
                return new StreamCreationResult.Unavailable();
        }
    }
}
