using LiveComments.Contracts;
using LiveComments.Fanout.Degradation;
using LiveComments.ServiceDefaults.Degradation;

namespace LiveComments.Fanout.Rooms;

/// <summary>How a stream is served now, as viewers are told: a <see cref="StreamState"/> that is no part of the log and moves no cursor.</summary>
static class StreamLoadNotice
{
    public static WireMessage Of(LiveStream stream, DegradationLevel level, TimeSpan interval, int commentsPerSecond)
    {
        var state = new StreamState
        {
            StreamId = stream.Id,
            Id = stream.Id,
            Title = stream.Title,
            Description = stream.Description,
            CreatorId = stream.CreatorId,
            Status = stream.Status,
            ThumbnailUrl = stream.ThumbnailUrl,
            VideoUrl = stream.VideoUrl,
            StartedAt = stream.StartedAt,
            EndedAt = stream.EndedAt,
            Load = new StreamLoad(NodeEffects.NameOf(level), (int)interval.TotalMilliseconds, commentsPerSecond),
        };
        return new WireMessage(ServerMessageTypes.StreamState, null, MessageEncoding.Json(ServerMessageTypes.StreamState, state, ContractsJson.Wire.ServerMessageStreamState));
    }
}
