using System.Text.Json;
using LiveComments.Contracts;
using LiveComments.ServiceDefaults.Log;
using NATS.Client.Core;

namespace LiveComments.UnitTests.Rooms;

/// <summary>Entries of a stream <c>s</c>, as Api writes them.</summary>
static class RoomEntries
{
    public const string StreamId = "s";

    public static LogEntry Created(ulong sequence) => new(StreamId, sequence, LogEventTypes.StreamCreated, "{\"id\":\"s\"}"u8.ToArray(), null);

    public static LogEntry Comment(ulong sequence, Comment comment, string? role = null)
    {
        var headers = role is null ? null : new NatsHeaders { [LogHeaders.AuthorRole] = role };
        return new LogEntry(StreamId, sequence, LogEventTypes.CommentPosted, JsonSerializer.SerializeToUtf8Bytes(comment, ContractsJson.Wire.Comment), headers);
    }

    /// <summary>A comment whose id is its sequence.</summary>
    public static Comment CommentOf(ulong sequence, string userId = "u", long createdAt = 1) =>
        new() { Id = $"{sequence}", StreamId = StreamId, UserId = userId, Username = $"{userId}-name", Content = "text\nof two lines 日本", CreatedAt = createdAt, ReceivedAt = 1 };

    public static LogEntry Removal(ulong sequence, ulong target)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new CommentRemoved(StreamId, $"{target}"), ContractsJson.Wire.CommentRemoved);
        return new LogEntry(StreamId, sequence, LogEventTypes.CommentDeleted, body, new NatsHeaders { [LogHeaders.Removes] = $"1-{target}" });
    }

    public static LogEntry StreamReaction(ulong sequence, string type, int count)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new ReactionsBatch(StreamId, new Dictionary<string, int> { [type] = count }, (long)sequence), ContractsJson.Wire.ReactionsBatch);
        return new LogEntry(StreamId, sequence, LogEventTypes.StreamReacted, body, null);
    }

    public static LogEntry CommentReaction(ulong sequence, ulong comment, string type, bool isSet)
    {
        var reaction = new CommentReaction { StreamId = StreamId, CommentId = $"{comment}", UserId = "u", Username = "u", ReactionType = type, IsSet = isSet, ReactedAt = 1 };
        return new LogEntry(StreamId, sequence, LogEventTypes.CommentReacted, JsonSerializer.SerializeToUtf8Bytes(reaction, ContractsJson.Wire.CommentReaction), null);
    }

    public static LogEntry Unknown(ulong sequence) => new(StreamId, sequence, "from.the.future", "{}"u8.ToArray(), null);
}
